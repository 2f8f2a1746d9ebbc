// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/activity.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "hw/spec/event_costs.hpp"
#include "hw/spec/mvm_timing.hpp"
#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "models/crossbar/array.hpp"
#include "tests/support/small_chip.hpp"

namespace mimosa {
namespace {

/// Cells of 5 … 25 uS that hold exactly what they are told.
DeviceSpec exact_cells() {
  DeviceSpec device;
  device.g_min_us = 5.0;
  device.g_max_us = 25.0;
  return device;
}

Array<float> array_of(const std::vector<float>& weights, std::size_t rows, const ArraySpec& spec) {
  const std::size_t cols = weights.size() / rows;
  return {WeightBlock<float>{weights, rows, cols, cols}, exact_cells(), spec, ArraySite{.layer = "layer"}};
}

ArraySpec voltage_inputs(int bits) {
  ArraySpec spec;
  spec.dac.bits = bits;
  spec.dac.input = InputKind::Voltage;
  return spec;
}

ChipSpec data_chip(const ArraySpec& analog) {
  ChipSpec chip = small_chip();
  chip.analog = analog;
  chip.mvm.model = MvmCostModel::Components;
  chip.mvm.activity = ActivityModel::Data;
  chip.mvm.read_v = 0.2;
  chip.mvm.read_ns = 100.0;
  chip.mvm.dac.energy_pj = 3.0;
  chip.mvm.dac_base = 0.25;
  return chip;
}

}  // namespace

// Row 0: 25 + 5 uS for a weight of 1, 5 + 15 uS for −0.5; row 1: 10 + 5 uS for 0.25, 5 + 5 uS for 0.
TEST_CASE("cells and converters take the energy of known conductances and codes", "[activity]") {
  const std::vector<float> weights = {1.0F, -0.5F, 0.25F, 0.0F}, codes = {127.0F, -64.0F};
  ArraySpec spec = voltage_inputs(8);
  const Array<float> array = array_of(weights, 2, spec);
  CHECK(array.row_ns() == std::vector<double>{50000.0, 25000.0});
  Activity a = activity_of(spec, codes, array.row_ns());
  CHECK(a.driven_ns == 56349);    // 50,000 + 25,000 · (64 / 127)²
  CHECK(a.driven_milli == 1254);  // 1 + (64 / 127)²
  const ChipSpec chip = data_chip(spec);
  Counts counts = mvm_counts(Block{.row0 = 0, .rows = 2, .col0 = 0, .cols = 2}, 1, spec);
  counts.driven_ns = a.driven_ns;
  counts.driven_milli = a.driven_milli;
  const auto energy = energy_by_component(counts, chip);
  CHECK(energy.at("cells") == Approx(0.2 * 0.2 * 100e-9 * 56349e-9).epsilon(1e-12));
  CHECK(energy.at("dac") == Approx(3e-12 * (0.25 * 2.0 + 0.75 * 1.254)).epsilon(1e-12));
  spec.dac.input = InputKind::PulseWidth;  // the time goes with the code
  a = activity_of(spec, codes, array.row_ns());
  CHECK(a.driven_ns == 62598);  // 50,000 + 25,000 · 64 / 127
  CHECK(a.driven_milli == 1504);
}

TEST_CASE("every application of a part of the inputs drives its rows", "[activity]") {
  const std::vector<double> row_ns = {100.0, 10000.0};
  ArraySpec spec = voltage_inputs(4);
  spec.dac.slice_bits = 1;
  const auto driven = [&](float first, float second) {
    const std::vector<float> codes = {first, second};
    return activity_of(spec, codes, row_ns).driven_ns;
  };
  CHECK(driven(5.0F, -7.0F) == 2 * 100 + 3 * 10000);  // bits that are 1
  spec.read.phases = 2;                               // a sign after the other
  CHECK(driven(5.0F, -7.0F) == 2 * 100 + 3 * 10000);
  spec.read.phases = 4;
  CHECK(driven(5.0F, -7.0F) == 2 * 100 + 3 * 10000);  // each cell in one of the two polarities' reads
  const std::vector<float> codes = {5.0F, -7.0F};
  CHECK(activity_of(spec, codes, row_ns).driven_milli == 2 * 5000);  // but word lines in both
  spec.read.repeats = 3;
  CHECK(driven(5.0F, -7.0F) == 3 * (2 * 100 + 3 * 10000));
  spec.read = {};
  spec.dac.code = InputCode::TwosComplement;
  CHECK(driven(-1.0F, 0.0F) == 4 * 100);  // 1111
}

TEST_CASE("all cells of a row draw current: polarities, slices, parallel ones, the unit column",
          "[activity]") {
  const std::vector<float> weights = {1.0F, -1.0F};
  ArraySpec spec = voltage_inputs(8);
  CHECK(array_of(weights, 1, spec).row_ns() == std::vector<double>{60000.0});
  spec.read.phases = 4;
  CHECK(array_of(weights, 1, spec).row_ns() == std::vector<double>{60000.0});
  spec.weights.pairs = 3;
  CHECK(array_of(weights, 1, spec).row_ns() == std::vector<double>{180000.0});
  spec = voltage_inputs(8);
  spec.weights.bits = 5;
  spec.weights.cell_bits = 2;  // magnitude 15 in two cells of 3 of 3
  CHECK(array_of(weights, 1, spec).row_ns() == std::vector<double>{120000.0});
  spec = voltage_inputs(8);
  spec.weights = {.scheme = WeightScheme::Offset, .offset = OffsetRemoval::UnitColumn};
  CHECK(array_of(weights, 1, spec).row_ns() == std::vector<double>{25000.0 + 5000.0 + 15000.0});
}

TEST_CASE("the energy of random vectors is that of Ohm's law", "[activity]") {
  const std::size_t rows = 40, cols = 12, count = 50;
  std::vector<float> weights(rows * cols), inputs(rows * count), codes(rows * count);
  normals(3, 0, 0, 0, weights);
  for (float& w : weights) w = std::clamp(w / 3.0F, -1.0F, 1.0F);
  normals(3, 1, 0, 0, inputs);
  for (const InputKind input : {InputKind::Voltage, InputKind::PulseWidth}) {
    ArraySpec spec = voltage_inputs(6);
    spec.dac.input = input;
    const Array<float> array = array_of(weights, rows, spec);
    to_dac_codes(inputs, 2.0, spec.dac, codes);
    Counts counts;
    double joules = 0.0;
    for (std::size_t v = 0; v < count; ++v) {
      const std::span<const float> vector(codes.data() + v * rows, rows);
      counts.driven_ns += activity_of(spec, vector, array.row_ns()).driven_ns;
      for (std::size_t r = 0; r < rows; ++r) {
        const double x = std::fabs(static_cast<double>(vector[r])) / 31.0;
        const double volts = input == InputKind::Voltage ? 0.2 * x : 0.2,
                     seconds = input == InputKind::Voltage ? 100e-9 : 100e-9 * x;
        for (std::size_t c = 0; c < cols; ++c) {
          const double w = static_cast<double>(weights[r * cols + c]);
          joules += volts * volts * seconds * ((5.0 + 20.0 * std::fabs(w)) + 5.0) * 1e-6;
        }
      }
    }
    // Rows are rounded to 1 nS of about 150,000, vectors to 1 nS of millions.
    CHECK(energy_by_component(counts, data_chip(spec)).at("cells") == Approx(joules).epsilon(1e-5));
  }
}

TEST_CASE("the mean of measured passes is added to cells and converters alone", "[activity]") {
  const ChipSpec chip = data_chip(voltage_inputs(8));
  const Counts per_pass = mvm_counts(Block{.row0 = 0, .rows = 10, .col0 = 0, .cols = 3}, 2, chip.analog);
  const auto before = energy_by_component(per_pass, chip);
  CHECK(before.at("cells") == 0.0);
  auto after = before;
  Counts measured;
  measured.driven_ns = 7000;
  measured.driven_milli = 500;
  add_activity(after, measured, 2, chip);
  double rise = 0.0;
  for (const auto& [part, joules] : after) {
    rise += joules - before.at(part);
    if (part != "cells" && part != "dac") CHECK(joules == before.at(part));
  }
  CHECK(rise == Approx(0.04 * 100e-9 * 3500e-9 + 0.25 * 0.75 * 3e-12).epsilon(1e-9));
}

TEST_CASE("a lump has no energy that depends on data, and cells need a voltage and a time", "[activity]") {
  ChipSpec chip = data_chip(voltage_inputs(8));
  chip.mvm.adc.per_array = 1;
  CHECK_NOTHROW(check(chip));
  chip.mvm.read_ns = 0.0;
  CHECK_THROWS_WITH(check(chip),
                    "chip.mvm.read_ns: 0 gives cells no energy; above 0 is allowed with activity: data");
  chip.mvm.model = MvmCostModel::Lump;
  CHECK_THROWS_WITH(check(chip),
                    "chip.mvm.activity: a lump does not say which part of it depends on data; allowed with "
                    "mvm.cost: components");
}

}  // namespace mimosa
