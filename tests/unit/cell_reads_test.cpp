// SPDX-License-Identifier: Apache-2.0
// Column sums made cell by cell: against the matrices where those are exact, against the law of a cell and
// the nodal solve where they are not.
#include "models/crossbar/cell_reads.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/crossbar/combinations.hpp"
#include "models/crossbar/wires_nodes.hpp"
#include "tests/support/arrays.hpp"
#include "tests/support/moments.hpp"

using namespace mimosa;

namespace {

using Catch::Matchers::StartsWith;

/// z of every statistical check: a two-sided false alarm in 1.7e6.
constexpr double limit = 5.0;
constexpr std::size_t rows = 18, cols = 5;

/// Milo's cells without errors of programming.
DeviceSpec milo(double full_v = 0.5) {
  DeviceSpec device;
  device.g_min_us = 50.0;
  device.g_max_us = 225.0;
  device.iv.law = IvLaw::Cubic;
  device.iv.v_read_v = full_v;
  device.drift_compensation = DriftCompensation::Off;
  return device;
}

DeviceSpec switching(DeviceSpec device) {
  device.g_min_us = std::max(device.g_min_us, 2.5);
  device.telegraph = {.law = TelegraphLaw::TwoState, .tau_min_s = 1e-6, .tau_max_s = 1e-6};
  device.pass_s = 1e-4;
  device.drift_compensation = DriftCompensation::Off;
  return device;
}

WireSpec wires(double ohm, WireTopology topology = WireTopology::InputSource) {
  return {.level = WireLevel::Exact,
          .topology = topology,
          .word_ohm = ohm,
          .bit_ohm = 2.0 * ohm,
          .source_ohm = 3.0 * ohm,
          .sense_ohm = ohm};
}

ArraySpec fine(InputKind input) {
  ArraySpec spec;
  spec.dac.input = input;
  spec.adc.bits = 24;
  return spec;
}

Array<double> made(const DeviceSpec& device, const ArraySpec& spec, CellPath path = CellPath::WhereNeeded) {
  static const std::vector<double> weights = doubles(some_weights(rows * cols));
  return {WeightBlock<double>{weights, rows, cols, cols}, device, spec, {.layer = "a"}, path};
}

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

double gap(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0.0, size = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::fabs(a[i] - b[i]));
    size = std::max(size, std::fabs(b[i]));
  }
  REQUIRE(size > 0.0);
  return most / size;
}

/// Conductances in uS of a polarity of the pairs of `made`.
std::vector<double> conductances(const DeviceSpec& device, double sign) {
  std::vector<double> g;
  for (const float w : some_weights(rows * cols))
    g.push_back(device.g_min_us +
                (device.g_max_us - device.g_min_us) * std::max(0.0, sign * static_cast<double>(w)));
  return g;
}

/// Column sums of pairs by the nodes of both polarities, over g_max and the full voltage.
std::vector<double> nodal_sums(const DeviceSpec& device, const WireSpec& w,
                               const std::vector<std::vector<double>>& g, const std::vector<double>& x) {
  const double full = device.iv.law == IvLaw::Linear ? 1.0 : device.iv.v_read_v;
  std::vector<double> sums(cols), v;
  for (const double input : x) v.push_back(input * full);
  for (std::size_t polarity = 0; polarity < 2; ++polarity) {
    std::vector<double> square, cube;
    for (const double us : g[polarity]) {
      const CubicIv iv = cell_iv(device.iv, device.range(), us, device.nonlinearity);
      square.push_back(1e6 * iv.n2);
      cube.push_back(1e6 * iv.n3);
    }
    const auto ua =
        solve_nodes({.g_us = g[polarity], .rows = rows, .cols = cols}, w, v, "a", {square, cube}).out_ua;
    for (std::size_t c = 0; c < cols; ++c)
      sums[c] += (polarity == 0 ? 1.0 : -1.0) * ua[c] / (device.g_max_us * full);
  }
  return sums;
}

/// [column][read] of one vector in one pass, through an ADC whose steps do not show.
std::vector<std::vector<double>> reads_of(const Array<double>& array, const std::vector<double>& codes,
                                          std::size_t reads, bool new_passes = false) {
  const std::vector<double> ranges{40.0};
  std::vector<MvmId> ids;
  for (std::uint32_t i = 0; i < reads; ++i) ids.push_back(new_passes ? MvmId{i, 0} : MvmId{3, i});
  std::vector<double> y(reads * array.cols());
  array.mvm(codes.data(), 0, ids, ranges, y.data(), array.cols());
  std::vector<std::vector<double>> of(array.cols());
  const double unit = ranges[0] / static_cast<double>((1 << 23) - 1);
  for (std::size_t i = 0; i < y.size(); ++i) of[i % array.cols()].push_back(y[i] * unit);
  return of;
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

TEST_CASE("noise attenuated by exact wires is that of cells drawn in the whole network",
          "[crossbar][cells]") {
  DeviceSpec device;
  device.g_min_us = 5.0;
  device.drift_compensation = DriftCompensation::Off;
  device.white = {.law = WhiteLaw::Additive, .magnitude = 0.03};
  const InputKind input = GENERATE(InputKind::Voltage, InputKind::PulseWidth);
  ArraySpec spec = fine(input);
  const std::vector<double> full(rows, 127.0), mixed = some_codes<double>(rows, spec);
  for (const bool at_full : {true, false}) {
    const std::vector<double>& codes = at_full ? full : mixed;
    spec.wires = wires(at_full ? 200.0 : 60.0);
    const std::size_t reads = 4000;
    const auto fast = reads_of(made(device, spec), codes, reads);
    const auto slow = reads_of(made(device, spec, CellPath::Always), codes, reads);
    const auto ideal = reads_of(made(device, fine(input)), codes, reads);
    for (std::size_t c = 0; c < cols; ++c) {
      const Moments a = moments(fast[c]), b = moments(slow[c]), none = moments(ideal[c]);
      // At full input only what a cell changes in other columns is left out.
      CHECK(std::fabs(a.std / b.std - 1.0) <
            limit * std::hypot(a.std_error, b.std_error) / b.std + (at_full ? 0.01 : 0.12));
      CHECK(std::fabs(a.mean - b.mean) < limit * std::hypot(a.mean_error, b.mean_error) + 1e-3 * none.std);
      if (at_full) CHECK(b.std < none.std - limit * std::hypot(none.std_error, b.std_error));
    }
  }
}

TEST_CASE("bent cells behind wires have the currents of the whole network", "[crossbar][cells]") {
  const DeviceSpec device = milo();
  ArraySpec spec = fine(InputKind::Voltage);
  spec.wires = wires(10.0);
  const auto codes = some_codes<double>(rows, spec);
  std::vector<double> x;
  for (const double code : codes) x.push_back(code / 127.0);
  const auto exact =
      nodal_sums(device, spec.wires, {conductances(device, 1.0), conductances(device, -1.0)}, x);
  const auto ours = reads_of(made(device, spec), codes, 1);
  for (std::size_t c = 0; c < cols; ++c) CHECK(ours[c][0] == Approx(exact[c]).margin(1e-5));
  std::vector<double> sums(cols), straight(cols);
  made(device, spec).column_sums(codes.data(), rows, 1, 0, 0, sums.data(), cols);
  CHECK(gap(sums, exact) < 1e-10);
  DeviceSpec linear = device;  // the bend matters
  linear.nonlinearity = 0.0;
  made(linear, spec).column_sums(codes.data(), rows, 1, 0, 0, straight.data(), cols);
  CHECK(gap(straight, exact) > 0.02);
}

TEST_CASE("switching cells have two states, bent and behind wires too", "[crossbar][cells]") {
  for (const bool bent : {false, true})
    for (const double ohm : {0.0, 10.0}) {
      const DeviceSpec device = switching(bent ? milo() : DeviceSpec{});
      ArraySpec spec = fine(InputKind::Voltage);
      spec.wires = wires(ohm);
      CAPTURE(bent, ohm);
      CHECK(needs_cell_reads(device, spec) == (bent || ohm > 0.0));
      const auto codes = some_codes<double>(rows, spec);
      std::vector<double> x;
      for (const double code : codes) x.push_back(code / 127.0);
      const auto ours = reads_of(made(device, spec), codes, 4, true);
      for (std::uint32_t pass = 0; pass < 4; ++pass) {
        std::vector<std::vector<double>> g;
        for (std::uint32_t polarity = 0; polarity < 2; ++polarity) {
          g.push_back(conductances(device, polarity == 0 ? 1.0 : -1.0));
          const std::uint64_t key = random_key({1, 0, "a", 0, polarity}, Effect::Telegraph);
          for (std::uint32_t k = 0; k < g.back().size(); ++k) {
            double& us = g.back()[k];
            const double a = telegraph_step(device.telegraph, device.range(), us);
            if (!telegraph_is_high(key, k, pass * 1e-4 * 2e6, 0.5)) us /= 1.0 + a;
          }
        }
        const auto exact = nodal_sums(device, spec.wires, g, x);
        for (std::size_t c = 0; c < cols; ++c) CHECK(ours[c][pass] == Approx(exact[c]).margin(1e-5));
      }
    }
}

TEST_CASE("a unit column's cells switch as others do", "[crossbar][cells]") {
  const DeviceSpec device = switching({});
  ArraySpec spec = fine(InputKind::Voltage);
  spec.weights.scheme = WeightScheme::Offset;
  spec.weights.offset = OffsetRemoval::UnitColumn;
  // A weight of 0 is the constant: only the states of the two cells differ.
  const std::vector<double> weight{0.0}, codes{127.0};
  for (const CellPath path : {CellPath::WhereNeeded, CellPath::Always}) {
    const Array<double> array(WeightBlock<double>{weight, 1, 1, 1}, device, spec, {.layer = "u"}, path);
    const auto y = reads_of(array, codes, 400, true)[0];
    const double g = (2.5 + 25.0) / 2.0, a = telegraph_step(device.telegraph, device.range(), g);
    const double drop = g * a / (1.0 + a) / 25.0;
    std::array<int, 3> seen{};  // lower, equal, higher
    for (const double value : y)
      for (int s = 0; s < 3; ++s)
        if (std::fabs(value - (s - 1) * drop) < 1e-4) ++seen[static_cast<std::size_t>(s)];
    CHECK(seen[0] + seen[1] + seen[2] == 400);
    // Expected 100, 200, 100 with deviations of 8.7, 10, 8.7.
    CHECK(std::abs(seen[0] - 100) < 44);
    CHECK(std::abs(seen[2] - 100) < 44);
  }
}

TEST_CASE("rows that switch beside source lines have the currents of the whole network",
          "[crossbar][cells]") {
  const bool bent = GENERATE(false, true);
  DeviceSpec device = bent ? milo() : DeviceSpec{};
  device.drift_compensation = DriftCompensation::Off;
  ArraySpec spec = fine(InputKind::Voltage);
  spec.dac.bits = 3;
  spec.dac.slice_bits = 1;
  spec.read.phases = 2;
  spec.wires = wires(10.0, WireTopology::SeparateSource);
  const Array<double> array = made(device, spec);
  const auto codes = some_codes<double>(rows, spec);
  for (std::size_t part = 0; part < array.parts().size(); ++part) {
    std::vector<double> digits(rows), sums(cols);
    take_part(array.parts()[part], std::span<const double>(codes), std::span<double>(digits));
    array.column_sums(codes.data(), rows, 1, 0, part, sums.data(), cols);
    CHECK(gap(sums, nodal_sums(device, spec.wires, {conductances(device, 1.0), conductances(device, -1.0)},
                               digits)) < 1e-10);
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
