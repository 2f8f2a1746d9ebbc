// SPDX-License-Identifier: Apache-2.0
#include "sim/run/saturation.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "hw/program/value_format.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

constexpr int inputs = 128, passes = 3;  // two arrays of 64 word lines

/// Two outputs: Σ large · x and Σ large/2 · x; then their ReLU.
Network two_sums(float large) {
  Network network = random_network(GraphBuilder()
                                       .add("fc", OpKind::Linear, {.out_channels = 2})
                                       .add("relu", OpKind::Relu)
                                       .build({inputs, 1, 1}),
                                   "two sums");
  std::vector<float>& weights = network.tensors.at("fc.weight").data;
  std::fill_n(weights.begin(), inputs, large);
  std::fill_n(weights.begin() + inputs, inputs, 0.5F * large);
  return network;
}

ChipSpec fixed_point_chip(int fraction_bits) {
  ChipSpec chip = small_chip();
  chip.vector.format = NumberFormat::Int16;
  chip.vector.fraction_bits = fraction_bits;
  chip.analog.adc.bits = 10;
  return chip;
}

/// Both engines count alike. Inputs are 1, so each array's code is `code` of 511 for the first output, half
/// as much for the second.
SaturationResult saturation(const Network& network, const ChipSpec& chip, double code) {
  const Program program = compile(network, chip, {}).program;
  const double range = 64.0 * chip.analog.adc.half_steps() / code;
  const std::vector<ConverterRange> ranges(program.stages.size(), ConverterRange{.dac = 1.0, .adc = {range}});
  const Datapath datapath(network, program, chip, ranges,
                          {.seed = 1, .chip = 0, .device = [](const std::string&) { return DeviceSpec{}; }});
  const std::vector<float> ones(static_cast<std::size_t>(inputs * passes), 1.0F);
  SaturationMeter functional(datapath, chip), timed(datapath, chip);
  (void)run_functional(
      datapath, chip, ones,
      {.threads = 2, .batch = 1, .progress = {}, .inspect = [&](const PassState& s) { functional.add(s); }});
  (void)run_timed(program, chip,
                  {.passes = passes,
                   .stop_when_steady = false,
                   .datapath = &datapath,
                   .inputs = ones,
                   .inspect = [&](const PassState& s) { timed.add(s); }});
  const auto states = [](const SaturationMeter& meter) {
    std::vector<std::string> all;
    for (const ValidityRow& row : saturation_validity(meter.result())) all.push_back(row.layer + row.state);
    return all;
  };
  CHECK(states(functional) == states(timed));
  return functional.result();
}

std::string state(const SaturationResult& result) {
  const auto rows = saturation_validity(result);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].layer == "fc");
  CHECK(rows[0].effect == "vector.format");
  return rows[0].state;
}

}  // namespace

TEST_CASE("codes are added up in integers of their own, which hold them whatever fraction values have",
          "[saturation]") {
  // Sums of 200 and 100 codes, worth 64 and 32: with 8 fraction bits a value ends at 128, a sum does not.
  for (const int fraction_bits : {4, 8}) {
    const SaturationResult held = saturation(two_sums(0.5F), fixed_point_chip(fraction_bits), 100.0);
    REQUIRE(held.layers.size() == 1);
    CHECK(held.layers[0].sums.numbers == 2 * passes);
    CHECK(held.layers[0].sums.at_ends == 0);
    CHECK(held.layers[0].values.at_ends == 0);
  }
}

TEST_CASE("sums of codes have the integer bits that their largest needs, the rest are fraction",
          "[saturation]") {
  ChipSpec chip = fixed_point_chip(8);
  const Program program = compile(two_sums(0.5F), chip, {}).program;
  const auto fraction = [&] { return sum_format(program.stages.front(), chip).fraction_bits; };
  CHECK(fraction() == 15 - 12);  // 2 arrays · 2 · 2 · 511 < 2^12
  chip.analog.adc.bits = 6;
  CHECK(fraction() == 15 - 8);
  chip.analog.adc.bits = 16;
  CHECK(fraction() == 0);
  chip.vector.format = NumberFormat::Fp16;
  CHECK(sum_format(program.stages.front(), chip).format == NumberFormat::Fp16);
}

TEST_CASE("sums of codes beyond 16 bits are counted, and only they", "[saturation]") {
  // Sums of 40,000 and 20,000 codes of 16 bits.
  ChipSpec chip = fixed_point_chip(8);
  chip.analog.adc.bits = 16;
  const SaturationResult cut = saturation(two_sums(0.5F), chip, 20000.0);
  CHECK(cut.layers[0].sums.numbers == 2 * passes);
  CHECK(cut.layers[0].sums.at_ends == passes);
  CHECK(cut.layers[0].values.at_ends == 0);
  CHECK(state(cut) == "applied: int16 with 8 fraction bits, 50 % of the sums of codes cut off");
  const SaturationResult held = saturation(two_sums(0.5F), chip, 16000.0);
  CHECK(held.layers[0].sums.at_ends == 0);
  CHECK(state(held) == "applied: int16 with 8 fraction bits, nothing beyond its range");
}

TEST_CASE("values beyond the fixed point are counted", "[saturation]") {
  // Sums of 80 and 40 codes, worth 192 and 96; ReLU hands on what was counted already.
  const SaturationResult cut = saturation(two_sums(1.5F), fixed_point_chip(8), 40.0);
  CHECK(cut.layers[0].sums.at_ends == 0);
  CHECK(cut.layers[0].values.at_ends == passes);
  CHECK(state(cut) == "applied: int16 with 8 fraction bits, 50 % of the values cut off");
}

TEST_CASE("one array's codes are scaled before they are rounded: there is no sum to cut off",
          "[saturation]") {
  ChipSpec chip = fixed_point_chip(8);
  chip.array.rows = inputs;
  const SaturationResult one = saturation(two_sums(0.5F), chip, 400.0);
  CHECK(one.layers[0].sums.numbers == 0);
  CHECK(one.layers[0].values.at_ends == 0);
}

TEST_CASE("formats with an exponent have no row", "[saturation]") {
  ChipSpec chip = fixed_point_chip(8);
  chip.vector.format = NumberFormat::Fp16;
  CHECK(saturation_validity(saturation(two_sums(1.5F), chip, 100.0)).empty());
}
