// SPDX-License-Identifier: Apache-2.0
// Wire resistance against other programs: badcrossbar and its Qucs references, ngspice, CrossSim, aihwkit's
// formula, NeuroSim's wires. Currents are printed in A or mA there.
#include "models/crossbar/wires.hpp"

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/npy.hpp"
#include "tests/support/wires_fixture.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

const std::string data = MIMOSA_SOURCE "/tests/oracle/data/wires/";

/// Equal to a number printed with so many decimals.
void check_printed(double value, double printed, int decimals) {
  CHECK(value == Approx(printed).margin(0.5000001 * std::pow(10.0, -decimals)).epsilon(0));
}

std::vector<double> from_ohm(std::vector<double> ohm) {
  for (double& value : ohm) value = 1e6 / value;
  return ohm;
}

/// Output currents in uA by the effective matrix, which the node solver must agree with.
std::vector<double> currents(const std::vector<double>& g, const std::vector<double>& v,
                             const WireSpec& wires) {
  const CellGrid cells{.g_us = g, .rows = v.size(), .cols = g.size() / v.size()};
  const auto ua = multiply(effective_conductances(cells, wires, "oracle"), v);
  CHECK(gap(solve_nodes(cells, wires, v, "oracle").out_ua, ua) < 1e-12);
  return ua;
}

/// Rows of a file of comma-separated numbers, without `skipped` lines of title.
std::vector<std::vector<double>> read_csv(const std::string& name, int skipped) {
  std::ifstream file(data + name);
  REQUIRE(file.is_open());
  std::vector<std::vector<double>> rows;
  for (std::string line; std::getline(file, line);) {
    if (skipped-- > 0) continue;
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(std::stod(cell));
  }
  return rows;
}

}  // namespace

TEST_CASE("small arrays carry the published currents", "[crossbar][numerics]") {
  check_printed(currents({100.0}, {0.2}, exact_wires(5.0, 5.0))[0], 19.980020, 6);
  const auto two = currents(from_ohm({10e3, 20e3, 40e3, 10e3}), {0.2, 0.1}, exact_wires(5.0, 5.0));
  check_printed(two[0], 22.459448460, 9);
  check_printed(two[1], 19.961324545, 9);
  const auto uniform =
      currents(std::vector<double>(256, 25.0), std::vector<double>(16, 0.2), exact_wires(2.0, 2.0));
  check_printed(uniform.front(), 79.564914, 6);
  check_printed(uniform.back(), 79.092100, 6);
}

TEST_CASE("a single cell is in series with all its wires", "[crossbar][numerics]") {
  for (const double ohm : {0.0, 1e-3, 3.0, 1e5}) {
    const double all = 10e3 + 2.0 * ohm + 7.0 + 11.0;
    CHECK(currents({100.0}, {0.2}, exact_wires(ohm, ohm, 7.0, 11.0))[0] ==
          Approx(0.2e6 / all).epsilon(1e-14));
  }
}

TEST_CASE("badcrossbar's example has its currents and voltages inside too", "[crossbar][numerics]") {
  const auto g = from_ohm({345, 903, 755, 257, 646, 652, 401, 508, 166, 454, 442, 874, 190, 244, 635});
  const std::vector<double> v = {1.5, 2.3, 1.7},
                            printed_ma = {11.585025, 9.190642, 15.115681, 25.833208, 9.811793};
  const auto ua = currents(g, v, exact_wires(0.5, 0.5));
  for (std::size_t j = 0; j < 5; ++j) check_printed(1e-3 * ua[j], printed_ma[j], 6);
  const auto s = solve_nodes({.g_us = g, .rows = 3, .cols = 5}, exact_wires(0.5, 0.5), v, "oracle");
  check_printed(1e-3 * s.word_ua[1 * 5 + 3], 18.344914, 6);
  check_printed(1e-3 * s.cell_ua[2 * 5 + 4], 2.611174, 6);
  check_printed(1e3 * s.bit_v[2 * 5 + 1], 4.595321, 6);
}

TEST_CASE("an array of 5 x 4 agrees with Qucs", "[crossbar][numerics]") {
  std::vector<double> ohm;
  for (int k = 1; k <= 20; ++k) ohm.push_back(10.0 * k);
  struct Case {
    std::vector<double> v;
    WireSpec wires;
    std::vector<double> ampere;
  };
  const std::vector<Case> cases = {
      {{0, 1, 2, 3, 4}, exact_wires(0.0, 0.0), {0.088828557, 0.080317460, 0.073520164, 0.067916667}},
      {{0, 1, 2, 3, 4}, exact_wires(1.0, 2.0), {0.060570197, 0.059327611, 0.056348739, 0.053352355}},
      {{3, 2, -1, 2, 3}, exact_wires(1.0, 2.0), {0.152746753, 0.108723705, 0.087199528, 0.074466084}}};
  for (const Case& c : cases) {
    const auto ua = currents(from_ohm(ohm), c.v, c.wires);
    for (std::size_t j = 0; j < 4; ++j) check_printed(1e-6 * ua[j], c.ampere[j], 9);
  }
}

TEST_CASE("square arrays of random cells agree with ngspice", "[crossbar][numerics]") {
  const std::string name = GENERATE("spice_8x8_1ohm", "spice_32x32_1ohm");
  const auto siemens = read_csv(name + "_G.csv", 0), volts = read_csv(name + "_V.csv", 0),
             ampere = read_csv(name + ".csv", 1);
  const std::size_t n = volts.size();
  REQUIRE(siemens.size() == n);
  REQUIRE(ampere.size() == n);
  std::vector<double> g(n * n), v, spice_ua;
  for (std::size_t out = 0; out < n; ++out) {
    for (std::size_t in = 0; in < n; ++in) g[in * n + out] = 1e6 * siemens[out][in];
    v.push_back(volts[out][0]);
    spice_ua.push_back(1e6 * ampere[out][2]);
  }
  CHECK(gap(currents(g, v, exact_wires(1.0, 1.0)), spice_ua) < 1e-9);
  CHECK(gap(multiply(g, v), spice_ua) > 2e-3);  // the wires matter
}

TEST_CASE("a balanced pair of arrays with wires agrees with CrossSim", "[crossbar][numerics]") {
  // G± = G_min + max(±w/m, 0) R in units of G_max = 100 uS, m = max |w|, G_min = 0.1, R = 0.9; both arrays
  // for themselves, the difference times m / R.
  const NpyArray w = read_npy(data + "crosssim_balanced_1ohm/W.npy"),
                 x = read_npy(data + "crosssim_balanced_1ohm/X.npy"),
                 y = read_npy(data + "crosssim_balanced_1ohm/Y.npy");
  const std::size_t outs = 24, ins = 40, vectors = 6;
  REQUIRE(w.shape == std::vector<std::int64_t>{24, 40});
  REQUIRE(x.shape == std::vector<std::int64_t>{40, 6});
  const double m = largest(w.data);
  std::vector<double> plus(ins * outs), minus(ins * outs);
  for (std::size_t i = 0; i < ins; ++i) {
    for (std::size_t o = 0; o < outs; ++o) {
      const double share = w.data[o * ins + i] / m;
      plus[i * outs + o] = 100.0 * (0.1 + 0.9 * std::max(share, 0.0));
      minus[i * outs + o] = 100.0 * (0.1 + 0.9 * std::max(-share, 0.0));
    }
  }
  std::vector<double> ours(y.data.size());
  for (std::size_t b = 0; b < vectors; ++b) {
    std::vector<double> v(ins);
    for (std::size_t i = 0; i < ins; ++i) v[i] = x.data[i * vectors + b];
    const auto up = currents(plus, v, exact_wires(1.0, 1.0)),
               down = currents(minus, v, exact_wires(1.0, 1.0));
    for (std::size_t o = 0; o < outs; ++o) ours[o * vectors + b] = (up[o] - down[o]) / 100.0 * m / 0.9;
  }
  CHECK(gap(ours, y.data) < 1e-7);
}

TEST_CASE("a bit line drops as a distributed line does", "[crossbar][numerics]") {
  struct Row {
    std::size_t rows;
    double g_us, ohm, exact, line;
  };
  const std::vector<Row> rows = {{128, 25, 1.0, 0.881407, 0.882656},
                                 {256, 25, 0.35, 0.843641, 0.844440},
                                 {512, 5, 0.35, 0.870410, 0.870749},
                                 {512, 25, 0.15, 0.763944, 0.764505}};
  for (const Row& row : rows) {
    const std::vector<double> g(row.rows, row.g_us), full(row.rows, 1.0);
    const CellGrid cells{.g_us = g, .rows = row.rows, .cols = 1};
    const auto share = [&](const WireSpec& wires) {
      const double ideal = row.g_us * static_cast<double>(row.rows);
      return multiply(effective_conductances(cells, wires, "oracle"), full)[0] / ideal;
    };
    check_printed(share(exact_wires(0.0, row.ohm)), row.exact, 6);
    check_printed(share({.level = WireLevel::Line, .word_ohm = 0.0, .bit_ohm = row.ohm}), row.line, 6);
  }
}

TEST_CASE("a distributed line holds where a series in its load has no meaning", "[crossbar][numerics]") {
  const std::vector<double> g(1152, 16.0), full(1152, 1.0);
  const CellGrid cells{.g_us = g, .rows = 1152, .cols = 1};
  const auto share = [&](const WireSpec& wires) {
    return multiply(effective_conductances(cells, wires, "oracle"), full)[0] / (16.0 * 1152.0);
  };
  check_printed(share(exact_wires(0.0, 0.35)), 0.3633, 4);  // the series gives −7.8
  CHECK(share({.level = WireLevel::Line, .word_ohm = 0.0, .bit_ohm = 0.35}) == Approx(0.3633).epsilon(2e-3));
}

TEST_CASE("the line level is refused where it has no meaning", "[crossbar][error]") {
  const std::vector<double> g(1152, 16.0);
  const CellGrid cells{.g_us = g, .rows = 1152, .cols = 1};
  const WireSpec line{.level = WireLevel::Line, .word_ohm = 0.0, .bit_ohm = 0.5};
  CHECK_THROWS_WITH(effective_conductances(cells, line, "layer fc"),
                    StartsWith("layer fc: resistance x conductance of column 0 is 10.6168, too much for "
                               "chip.wires.level line; up to 10 is allowed"));
  CHECK_THROWS_AS(noise_attenuations(cells, line, "layer fc"), UserError);
  WireSpec both = line;
  both.bit_ohm = 0.4;
  both.source_ohm = 10000.0;
  CHECK_THROWS_WITH(
      effective_conductances(cells, both, "layer fc"),
      StartsWith("layer fc: resistance x conductance of row 0 times that of column 0 is 1.35895"));
  both.source_ohm = 7000.0;
  CHECK_NOTHROW(effective_conductances(cells, both, "layer fc"));
}

TEST_CASE("wires by technology are NeuroSim's", "[crossbar][numerics]") {
  struct Row {
    int node;
    double width, bare, barrier, cell_4f, cell_12f, cell_2f;
    int decimals;
  };
  // Two entries are those of the formula, where the reference table rounds twice: 4.690 (22 nm, 12F), 1.796
  // (10 nm, 2F).
  const std::vector<Row> rows = {
      {130, 175, 0.4102, 0.4826, 0.287, 0.861, 0.144, 4},  {65, 105, 1.1791, 1.4250, 0.495, 1.486, 0.248, 4},
      {45, 80, 2.1783, 2.5987, 0.697, 2.091, 0.349, 4},    {32, 56, 4.6592, 5.6995, 1.044, 3.131, 0.522, 4},
      {22, 40, 9.7697, 11.6016, 1.563, 4.689, 0.782, 4},   {14, 32, 15.8691, 19.7209, 2.031, 6.094, 1.016, 4},
      {10, 22, 40.8058, 52.8075, 3.591, 10.773, 1.795, 4}, {7, 20, 52.1250, 69.5000, 4.170, 12.510, 2.085, 4},
      {5, 15, 110.667, 166.000, 6.640, 19.920, 3.320, 3}};
  for (const Row& row : rows) {
    CAPTURE(row.node);
    const double per_um = 1000.0 / row.width;  // widths
    check_printed(wire_ohm_per_cell(row.node, per_um, WireBarrier::Ignored), row.bare, row.decimals);
    check_printed(wire_ohm_per_cell(row.node, per_um, WireBarrier::Included), row.barrier, row.decimals);
    check_printed(wire_ohm_per_cell(row.node, 4.0, WireBarrier::Ignored), row.cell_4f, 3);
    check_printed(wire_ohm_per_cell(row.node, 12.0, WireBarrier::Ignored), row.cell_12f, 3);
    check_printed(wire_ohm_per_cell(row.node, 2.0, WireBarrier::Ignored), row.cell_2f, 3);
  }
  const double warm = wire_ohm_per_cell(22, 4.0, WireBarrier::Ignored, 350.0);
  CHECK(warm / wire_ohm_per_cell(22, 4.0, WireBarrier::Ignored) == Approx(1.2255).epsilon(1e-12));
  CHECK_THROWS_WITH(wire_ohm_per_cell(28, 4.0, WireBarrier::Ignored),
                    Contains("28 nm") && Contains("allowed"));
}

}  // namespace mimosa
