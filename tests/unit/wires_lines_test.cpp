// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/wires_lines.hpp"

#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/wires_fixture.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::StartsWith;

struct Case {
  std::vector<double> g, square, cube;
  [[nodiscard]] CellBend bend() const { return {.square = square, .cube = cube}; }
};

Case cells(std::size_t size, std::uint32_t draw, bool bent) {
  Case c{.g = random_values(size, draw, 0.0, 500.0), .square = {}, .cube = {}};
  c.g[size / 2] = 0.0;
  if (!bent) return c;
  for (const double g : c.g) {
    c.square.push_back(0.8 * g);
    c.cube.push_back(2.0 * g);
  }
  return c;
}

/// Column currents of the line solver, against the nodal solve of the same array.
void check_against_nodes(const Case& c, std::size_t m, const WireSpec& wires, const std::vector<double>& v) {
  const std::size_t n = c.g.size() / m;
  std::vector<double> ours(n);
  WireLines(m, n, wires, "a").solve(c.g, c.bend(), v, ours);
  const auto nodes = solve_nodes({.g_us = c.g, .rows = m, .cols = n}, wires, v, "a", c.bend()).out_ua;
  if (largest(nodes) == 0.0)
    CHECK(largest(ours) == 0.0);
  else
    CHECK(gap(ours, nodes) < 2e-11);
}

}  // namespace

TEST_CASE("solving line by line gives the currents of the nodes", "[crossbar][numerics]") {
  for (std::uint32_t draw = 0; draw < 60; ++draw) {
    const auto shape = random_values(2, 1000 + draw, 1.0, draw < 56 ? 16.0 : 80.0);
    const auto m = static_cast<std::size_t>(shape[0]), n = static_cast<std::size_t>(shape[1]);
    const auto exponents = random_values(4, 2000 + draw, -1.0, 2.0);
    const auto ohm = [&](std::size_t i) {
      return (draw >> i & 1U) != 0 ? std::pow(10.0, exponents[i]) : 0.0;
    };
    const bool bent = draw % 3 == 0;
    WireSpec wires = exact_wires(ohm(0), ohm(1), ohm(2), ohm(3));
    CAPTURE(draw, m, n, bent);
    check_against_nodes(cells(m * n, 3000 + draw, bent), m, wires, random_values(m, 4000 + draw, -0.4, 0.4));
    wires.topology = WireTopology::SeparateSource;
    auto gates = random_values(m, 5000 + draw, 0.0, 1.0);
    for (double& v : gates) v = v < 0.6 ? 0.3 : 0.0;
    check_against_nodes(cells(m * n, 3000 + draw, bent), m, wires, gates);
  }
}

TEST_CASE("line by line holds where the wires take nearly all of the voltage", "[crossbar][numerics]") {
  // 40 × 40 cells of up to 500 uS with 1 kilohm from cell to cell: rows · cols · G r is about 400.
  const std::size_t n = 40;
  const auto v = random_values(n, 1, -0.3, 0.3);
  for (const double ohm : {100.0, 1000.0, 10000.0}) {
    CAPTURE(ohm);
    check_against_nodes(cells(n * n, 2, false), n, exact_wires(ohm, ohm, 50.0, 50.0), v);
    check_against_nodes(cells(n * n, 2, true), n, exact_wires(ohm, ohm, 50.0, 50.0), v);
  }
}

TEST_CASE("one solver serves reads of different cells one after the other", "[crossbar][numerics]") {
  const std::size_t m = 12, n = 9;
  WireLines lines(m, n, exact_wires(5.0, 3.0), "a");
  const auto v = random_values(m, 1, -0.4, 0.4);
  std::vector<double> first(n), other(n), again(n);
  const Case a = cells(m * n, 1, true), b = cells(m * n, 2, false);
  lines.solve(a.g, a.bend(), v, first);
  lines.solve(b.g, b.bend(), v, other);
  lines.solve(a.g, a.bend(), v, again);
  CHECK(first == again);
  CHECK(first != other);
  lines.solve(a.g, a.bend(), std::vector<double>(m, 0.0), again);
  CHECK(largest(again) == 0.0);
}

TEST_CASE("an array without an operating point is named", "[crossbar][error]") {
  // Current falls with voltage beyond 0.02 V.
  const std::size_t n = 6;
  Case c = cells(n * n, 1, true);
  for (double& cube : c.cube) cube = -3e6;
  std::vector<double> out(n);
  CHECK_THROWS_WITH(WireLines(n, n, exact_wires(100.0, 100.0), "layer fc, array at 0, 64")
                        .solve(c.g, c.bend(), std::vector<double>(n, 0.4), out),
                    StartsWith("layer fc, array at 0, 64: no operating point within 50 Newton steps"));
}

}  // namespace mimosa
