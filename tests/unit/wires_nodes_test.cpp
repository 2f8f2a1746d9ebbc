// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/wires_nodes.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/wires_fixture.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

/// Milo's RRAM cell (CrossSim RRAM_Milo.py): V² and V³ terms of conductances in uS, in uS/V and uS/V².
struct Milo {
  std::vector<double> square, cube;
  explicit Milo(const std::vector<double>& g_us) {
    for (const double g : g_us) {
      const double x = std::log10(1e-6 * g);
      square.push_back(1e6 * (1.388e-4 * x * x * x + 1.541e-3 * x * x + 5.711e-3 * x + 7.063e-3));
      cube.push_back(1e6 * (8.8710e-5 * x * x + 6.7919e-4 * x + 1.2968e-3));
    }
  }
  [[nodiscard]] CellBend bend() const { return {.square = square, .cube = cube}; }
};

/// Adds to `drop_v` what the line of cells `line`, from its end on, loses: sum of the currents beyond each
/// segment, and of the segments' drops up to each cell.
void add_drops(const std::vector<std::size_t>& line, double first_ohm, double ohm,
               const std::vector<double>& ua, std::vector<double>& drop_v) {
  double drop = 0.0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    double beyond = 0.0;
    for (std::size_t k = i; k < line.size(); ++k) beyond += ua[line[k]];
    drop += 1e-6 * beyond * (i == 0 ? first_ohm : ohm);
    drop_v[line[i]] += drop;
  }
}

/// Cell currents by CrossSim's iteration: drops of the currents, then currents of what the drops leave.
std::vector<double> fixed_point(const CellGrid& cells, const WireSpec& w, const std::vector<double>& v,
                                const CellBend& bend = {}) {
  const bool separate = w.topology == WireTopology::SeparateSource;
  std::vector<double> ua(cells.g_us.size());
  for (int round = 0; round < 300; ++round) {
    std::vector<double> drop_v(ua.size());
    for (std::size_t i = 0; i < cells.rows && !separate; ++i) {
      std::vector<std::size_t> line;
      for (std::size_t j = 0; j < cells.cols; ++j) line.push_back(i * cells.cols + j);
      add_drops(line, w.source_ohm + w.word_ohm, w.word_ohm, ua, drop_v);
    }
    for (std::size_t j = 0; j < cells.cols; ++j) {
      std::vector<std::size_t> down, up;
      for (std::size_t i = 0; i < cells.rows; ++i) {
        down.push_back(i * cells.cols + j);
        up.push_back((cells.rows - 1 - i) * cells.cols + j);
      }
      add_drops(up, w.sense_ohm + w.bit_ohm, w.bit_ohm, ua, drop_v);
      if (separate) add_drops(down, w.source_ohm + w.word_ohm, w.word_ohm, ua, drop_v);
    }
    for (std::size_t k = 0; k < ua.size(); ++k) {
      const double u = v[k / cells.cols] - drop_v[k];
      ua[k] = cells.g_us[k] * u;
      if (!bend.square.empty()) ua[k] += bend.square[k] * u * std::abs(u) + bend.cube[k] * u * u * u;
      if (separate && v[k / cells.cols] == 0.0) ua[k] = 0.0;
    }
  }
  return ua;
}

}  // namespace

TEST_CASE("currents are conserved at every node", "[crossbar][numerics]") {
  const std::size_t m = 9, n = 7;
  const auto g = random_values(m * n, 1, 0.0, 200.0), v = random_values(m, 2, -0.2, 0.2);
  const auto s = solve_nodes({.g_us = g, .rows = m, .cols = n}, exact_wires(1.5, 0.7, 20.0, 30.0), v, "a");
  const double limit = 1e-11 * largest(s.out_ua);
  double in = 0.0, out = 0.0;
  for (std::size_t i = 0; i < m; ++i) {
    in += s.word_ua[i * n];
    for (std::size_t j = 0; j < n; ++j) {
      const std::size_t k = i * n + j;
      CHECK(s.cell_ua[k] == Approx(g[k] * (s.word_v[k] - s.bit_v[k])).margin(1e-12).epsilon(1e-10));
      CHECK(std::abs(s.word_ua[k] - s.cell_ua[k] - (j + 1 < n ? s.word_ua[k + 1] : 0.0)) < limit);
      CHECK(std::abs(s.bit_ua[k] - s.cell_ua[k] - (i > 0 ? s.bit_ua[k - n] : 0.0)) < limit);
    }
  }
  for (std::size_t j = 0; j < n; ++j) {
    out += s.out_ua[j];
    CHECK(std::abs(s.bit_ua[(m - 1) * n + j] - s.out_ua[j]) < limit);
  }
  CHECK(std::abs(in - out) < 10.0 * limit);
}

TEST_CASE("bent cells settle where a fixed point of drops and currents does", "[crossbar][numerics]") {
  const std::size_t m = 6, n = 4;
  const auto g = random_values(m * n, 1, 50.0, 225.0), v = random_values(m, 2, -0.5, 0.5);
  const CellGrid cells{.g_us = g, .rows = m, .cols = n};
  const Milo milo(g);
  for (const WireSpec& wires : {exact_wires(20.0, 10.0, 50.0, 30.0), exact_wires(0.0, 15.0),
                                exact_wires(15.0, 0.0, 0.0, 5.0), exact_wires(0.0, 0.0)}) {
    const WireSolution s = solve_nodes(cells, wires, v, "a", milo.bend());
    CHECK(gap(s.cell_ua, fixed_point(cells, wires, v, milo.bend())) < 1e-12);
    CHECK(s.iterations <= 4);                                    // quadratic: with wrong slopes it takes 5
    CHECK(gap(s.cell_ua, fixed_point(cells, wires, v)) > 1e-3);  // the bend matters
  }
}

TEST_CASE("a bent cell's current is odd in the inputs", "[crossbar][numerics]") {
  const std::vector<double> g = {100.0, 62.5, 225.0, 80.0}, v = {0.5, -0.3}, w = {-0.5, 0.3};
  const CellGrid cells{.g_us = g, .rows = 2, .cols = 2};
  const Milo milo(g);
  auto one = solve_nodes(cells, exact_wires(5.0, 5.0), v, "a", milo.bend()).out_ua;
  const auto other = solve_nodes(cells, exact_wires(5.0, 5.0), w, "a", milo.bend()).out_ua;
  for (double& ua : one) ua = -ua;
  CHECK(gap(one, other) < 1e-14);
}

TEST_CASE("cells without an operating point to be found are refused, not guessed", "[crossbar][error]") {
  // Newton's steps on v³ − 2v + 2 go round between 0 and 1 from anywhere near.
  const std::vector<double> g = {-22e6}, square = {0.0}, cube = {1e6}, v = {-0.1};
  const CellGrid cells{.g_us = g, .rows = 1, .cols = 1};
  const auto solve = [&](double factor) {
    const std::vector<double> scaled = {factor * cube[0]};
    return solve_nodes(cells, exact_wires(0.05, 0.0), v, "layer conv1, block (0, 0)",
                       {.square = square, .cube = scaled});
  };
  CHECK_THROWS_WITH(solve(1.0), StartsWith("layer conv1, block (0, 0): no operating point within 50"));
  CHECK_THROWS_AS(solve(1.0), UserError);
  CHECK_THROWS_AS(solve(std::numeric_limits<double>::quiet_NaN()), UserError);
}

TEST_CASE("a separate source line drops on both sides of its cells", "[crossbar][numerics]") {
  const std::size_t m = 6, n = 4;
  const auto g = random_values(m * n, 1, 50.0, 225.0);
  const std::vector<double> v = {0.2, 0.0, 0.2, 0.2, 0.0, 0.2};
  const CellGrid cells{.g_us = g, .rows = m, .cols = n};
  for (int pattern = 0; pattern < 16; ++pattern) {
    const auto ohm = [&](int bit, double value) { return (pattern >> bit & 1) != 0 ? value : 0.0; };
    WireSpec wires = exact_wires(ohm(0, 20.0), ohm(1, 10.0), ohm(2, 50.0), ohm(3, 30.0));
    wires.topology = WireTopology::SeparateSource;
    CAPTURE(pattern);
    const WireSolution s = solve_nodes(cells, wires, v, "a");
    CHECK(gap(s.cell_ua, fixed_point(cells, wires, v)) < 1e-12);
    for (std::size_t j = 0; j < n; ++j) {
      CHECK(s.cell_ua[n + j] == 0.0);
      CHECK(s.word_ua[j] == Approx(s.out_ua[j]).epsilon(1e-10));
      CHECK(s.bit_ua[(m - 1) * n + j] == Approx(s.out_ua[j]).epsilon(1e-10));
    }
  }
}

TEST_CASE("currents of separate sources are not linear in the inputs, so no matrix stands for them",
          "[crossbar][error]") {
  const std::vector<double> g = {100.0, 100.0};
  const CellGrid cells{.g_us = g, .rows = 2, .cols = 1};
  WireSpec wires = exact_wires(0.0, 0.0, 0.0, 1000.0);
  wires.topology = WireTopology::SeparateSource;
  const auto ua = [&](double first, double second) {
    return solve_nodes(cells, wires, std::vector<double>{first, second}, "a").out_ua[0];
  };
  // 10 kilohm over 1 kilohm, and 5 over 1.
  CHECK(ua(1.0, 0.0) == Approx(1e6 / 11000.0).epsilon(1e-13));
  CHECK(ua(1.0, 1.0) == Approx(1e6 / 6000.0).epsilon(1e-13));
  CHECK_THROWS_WITH(effective_conductances(cells, wires, "block 3"),
                    StartsWith("block 3: chip.wires.topology separate_source") && Contains("input_source"));
  CHECK_THROWS_WITH(ua(1.0, 0.5), StartsWith("a: inputs of several voltages") && Contains("allowed"));
  wires.sense_ohm = 0.0;
  CHECK(effective_conductances(cells, wires, "block 3") == g);
}

TEST_CASE("attenuations hold for separate sources with all rows on", "[crossbar][numerics]") {
  const std::size_t m = 12, n = 3;
  const auto g = random_values(m * n, 1, 20.0, 200.0), sigma = random_values(m * n, 2, 0.1, 2.0);
  WireSpec wires = exact_wires(4.0, 4.0, 20.0, 30.0);
  wires.topology = WireTopology::SeparateSource;
  const CellGrid cells{.g_us = g, .rows = m, .cols = n};
  std::vector<double> v(m, 0.2);
  CHECK(largest(noise_attenuation_errors(cells, wires, sigma, v, "a")) < 1e-12);
  v[3] = v[7] = 0.0;  // fewer cells, smaller drops: more noise than told
  for (const double error : noise_attenuation_errors(cells, wires, sigma, v, "a"))
    CHECK((error < 0.0 && error > -0.1));
}

}  // namespace mimosa
