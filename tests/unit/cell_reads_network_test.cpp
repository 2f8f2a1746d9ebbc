// SPDX-License-Identifier: Apache-2.0
// Cells read one by one behind wires, and cells that switch, against the solution of all nodes.
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

#include <catch2/catch.hpp>

#include "models/crossbar/cell_reads.hpp"
#include "models/crossbar/combinations.hpp"
#include "models/crossbar/wires_nodes.hpp"
#include "tests/support/cell_arrays.hpp"
#include "tests/support/moments.hpp"

using namespace mimosa;

namespace {

constexpr double limit = z_limit;
constexpr std::size_t rows = cell_rows, cols = cell_cols;

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

}  // namespace

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
