// SPDX-License-Identifier: Apache-2.0
// Column sums made cell by cell, against the matrices where those are exact and against the law of a cell
// where they are not.
#include "models/crossbar/cell_reads.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/crossbar/combinations.hpp"
#include "tests/support/cell_arrays.hpp"
#include "tests/support/moments.hpp"

using namespace mimosa;

namespace {

using Catch::Matchers::StartsWith;

constexpr double limit = z_limit;
constexpr std::size_t rows = cell_rows, cols = cell_cols;

/// Sums of all planes and parts of some inputs, without noise.
std::vector<double> quiet_sums(const Array<double>& array, const ArraySpec& spec) {
  const std::size_t count = 3;
  const auto codes = some_codes<double>(count * rows, spec);
  std::vector<double> all, out(count * array.plane_cols());
  for (std::size_t plane = 0; plane < array.planes(); ++plane)
    for (std::size_t part = 0; part < array.parts().size(); ++part) {
      array.column_sums(codes.data(), rows, count, plane, part, out.data(), array.plane_cols());
      all.insert(all.end(), out.begin(), out.end());
    }
  return all;
}

/// Mean and variance of f(G) for a Gaussian G, by the midpoint rule over ± 9 sigma.
template <class F>
std::pair<double, double> gaussian_moments(double mean, double sigma, const F& f) {
  double sum = 0.0, square = 0.0;
  constexpr int steps = 4000;
  for (int i = 0; i < steps; ++i) {
    const double z = -9.0 + 18.0 * (i + 0.5) / steps;
    const double p = std::exp(-z * z / 2.0) / std::sqrt(2.0 * std::numbers::pi) * 18.0 / steps;
    const double value = f(mean + sigma * z);
    sum += p * value;
    square += p * value * value;
  }
  return {sum, square - sum * sum};
}

}  // namespace

TEST_CASE("cell by cell gives the sums of the matrices where these are exact", "[crossbar][cells]") {
  std::vector<ArraySpec> specs(5, fine(InputKind::Voltage));
  specs[1].weights.pairs = 3;
  specs[1].weights.sides = PairSides::Two;
  specs[2].weights.bits = 5;
  specs[2].weights.cell_bits = 2;
  specs[2].dac.slice_bits = 3;
  specs[2].read.phases = 4;
  specs[3].weights.scheme = WeightScheme::Offset;
  specs[3].weights.offset = OffsetRemoval::UnitColumn;
  specs[4].dac.input = InputKind::PulseWidth;
  std::vector<DeviceSpec> devices = {pcm_device(), milo()};
  devices[1].g_max_us = 100.0;
  for (std::size_t s = 0; s < specs.size(); ++s)
    for (const DeviceSpec& device : devices)
      for (const double ohm : {0.0, 4.0}) {
        ArraySpec spec = specs[s];
        if (ohm > 0.0) spec.wires = wires(ohm);
        const bool bent = has_bent_cells(device), needed = needs_cell_reads(device, spec);
        CAPTURE(s, ohm, bent);
        CHECK(needed == (bent && ohm > 0.0 && spec.dac.input == InputKind::Voltage));
        if (needed || (ohm > 0.0 && spec.weights.pairs > 1)) continue;  // a matrix is of their mean
        const auto matrix = quiet_sums(made(device, spec), spec);
        CHECK(gap(quiet_sums(made(device, spec, CellPath::Always), spec), matrix) < 1e-12);
      }
}

TEST_CASE("noise drawn for every cell has the variance of the column", "[crossbar][cells]") {
  DeviceSpec device = pcm_device();
  device.low_frequency.bands = NoiseBands::Three;
  device.pass_s = 4e-6;
  const std::size_t reads = 4000;
  std::vector<double> codes(rows);
  for (std::size_t r = 0; r < rows; ++r) codes[r] = static_cast<double>(r * 41 % 255) - 127.0;
  codes[4] = 0.0;
  for (const InputKind input : {InputKind::Voltage, InputKind::PulseWidth}) {
    const auto fast = reads_of(made(device, fine(input)), codes, reads);
    const auto slow = reads_of(made(device, fine(input), CellPath::Always), codes, reads);
    for (std::size_t c = 0; c < cols; ++c) {
      const Moments a = moments(fast[c]), b = moments(slow[c]);
      CHECK(std::fabs(a.std - b.std) < limit * std::hypot(a.std_error, b.std_error));
    }
    const auto fast_passes = reads_of(made(device, fine(input)), codes, reads, true);
    const auto slow_passes = reads_of(made(device, fine(input), CellPath::Always), codes, reads, true);
    for (std::size_t c = 0; c < cols; ++c) {
      const Moments a = moments(fast_passes[c]), b = moments(slow_passes[c]);
      CHECK(std::fabs(a.mean - b.mean) < limit * std::hypot(a.mean_error, b.mean_error));
      CHECK(std::fabs(a.std - b.std) < limit * std::hypot(a.std_error, b.std_error));
    }
  }
}

TEST_CASE("noise of a bent cell is that of its current at a conductance that fluctuates",
          "[crossbar][cells]") {
  // Weak noise, that the slope of the law at the cell's conductance decides, and noise of 20 % of g_max,
  // which reaches beyond the range of the fit.
  const double magnitude = GENERATE(0.01, 0.2);
  DeviceSpec device = milo();
  device.white = {.law = WhiteLaw::Additive, .magnitude = magnitude};
  const std::size_t reads = 40000;
  const std::vector<double> weight{0.6}, codes{90.0};
  for (const InputKind input : {InputKind::Voltage, InputKind::PulseWidth}) {
    const Array<double> array(WeightBlock<double>{weight, 1, 1, 1}, device, fine(input), {.layer = "b"});
    const Moments got = moments(reads_of(array, codes, reads)[0]);
    const double x = 90.0 / 127.0, volts = device.iv.v_read_v;
    const bool pulses = input == InputKind::PulseWidth;
    const double sigma = magnitude * 225.0 / std::sqrt(pulses ? x : 1.0);
    double mean = 0.0, variance = 0.0;
    for (const double g : {50.0 + 175.0 * 0.6, 50.0}) {
      const auto [m, v] = gaussian_moments(g, sigma, [&](double us) {
        const CubicIv iv = cell_iv(device.iv, device.range(), us, 1.0);
        return (pulses ? x * iv.current_a(volts) : iv.current_a(x * volts)) / (225e-6 * volts);
      });
      mean += g > 50.0 ? m : -m;
      variance += v;
    }
    CHECK(std::fabs(got.mean - mean) < limit * got.mean_error);
    CHECK(std::fabs(got.std - std::sqrt(variance)) < limit * got.std_error);
    const double straight = std::sqrt(2.0) * x * sigma / 225.0;  // two linear cells
    if (magnitude < 0.1) CHECK(std::fabs(got.std - straight) > 2.0 * limit * got.std_error);
  }
}

TEST_CASE("reads cell by cell depend on their input and address alone", "[crossbar][cells]") {
  DeviceSpec device = switching(milo());
  device.white = {.law = WhiteLaw::Additive, .magnitude = 0.02};
  const std::vector<float> weights = some_weights(rows * cols);
  const ArraySpec spec;
  const auto codes = some_codes<float>(130 * rows, spec);
  const auto ids = some_ids(130);
  ArraySite site{.layer = "a", .layer_cols = cols};
  const Array<float> whole(WeightBlock<float>{weights, rows, cols, cols}, device, spec, site);
  const auto all = run(whole, codes, ids, 5.0);
  for (std::size_t b = 0; b < ids.size(); b += 7) {
    const auto one =
        run(whole, {codes.begin() + static_cast<std::ptrdiff_t>(b * rows), codes.end()}, {ids[b]}, 5.0);
    for (std::size_t c = 0; c < cols; ++c) REQUIRE(one[c] == all[b * cols + c]);
  }
  site.col0 = 3;
  const Array<float> right(WeightBlock<float>{std::span(weights).subspan(3), rows, 2, cols}, device, spec,
                           site);
  const auto part = run(right, codes, ids, 5.0);
  for (std::size_t i = 0; i < part.size(); ++i) REQUIRE(part[i] == all[i / 2 * cols + 3 + i % 2]);
}

TEST_CASE("combinations without a meaning are refused", "[crossbar][error]") {
  ArraySpec line = fine(InputKind::Voltage), source = line;
  line.wires = {.level = WireLevel::Line, .word_ohm = 0.0, .bit_ohm = 1.0};
  CHECK_THROWS_WITH(
      check_combination(milo(), line),
      StartsWith("device.iv.law: cubic with voltage inputs cannot be combined with line wires"));
  CHECK_THROWS_WITH(check_combination(switching({}), line), StartsWith("device.telegraph.law: two_state"));
  line.dac.input = InputKind::PulseWidth;
  CHECK_NOTHROW(check_combination(milo(), line));
  source.wires = wires(1.0, WireTopology::SeparateSource);
  CHECK_THROWS_WITH(check_combination({}, source), StartsWith("chip.wires.topology: separate_source"));
  source.dac.slice_bits = 1;
  CHECK_THROWS_AS(check_combination({}, source), UserError);
  source.read.phases = 2;
  CHECK_NOTHROW(check_combination({}, source));
  source.read.phases = 1;
  source.dac.code = InputCode::TwosComplement;
  CHECK_NOTHROW(check_combination({}, source));
  DeviceSpec noisy = switching(milo());
  noisy.white.law = WhiteLaw::Additive;
  noisy.low_frequency.law = LowFrequencyLaw::PowerQ;
  noisy.low_frequency.bands = NoiseBands::Three;
  CHECK_NOTHROW(check_combination(noisy, fine(InputKind::Voltage)));
}
