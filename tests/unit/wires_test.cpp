// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/wires.hpp"

#include <Eigen/SparseLU>
#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/wires_fixture.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::StartsWith;

double random_ohm(std::uint32_t draw) {
  return std::pow(10.0, random_values(1, draw, -1.0, 2.0)[0]);
}

/// The bit of `pattern` for each of the four resistances says whether it is there.
WireSpec pattern_spec(int pattern) {
  const auto ohm = [&](int bit, double value) { return (pattern >> bit & 1) != 0 ? value : 0.0; };
  return exact_wires(ohm(0, 3.0), ohm(1, 7.0), ohm(2, 40.0), ohm(3, 90.0));
}

/// Output currents by Kirchhoff's law at 2 · rows · cols nodes, SparseLU; every segment above 0 ohm.
std::vector<double> nodal_currents(const CellGrid& cells, const WireSpec& w, const std::vector<double>& v) {
  const int m = static_cast<int>(cells.rows), n = static_cast<int>(cells.cols), half = m * n;
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::VectorXd source = Eigen::VectorXd::Zero(2 * half);
  const auto join = [&](int a, int b, double us) {
    entries.emplace_back(a, a, us);
    if (b < 0) return;
    entries.emplace_back(b, b, us);
    entries.emplace_back(a, b, -us);
    entries.emplace_back(b, a, -us);
  };
  for (int k = 0; k < half; ++k) {
    const int i = k / n, j = k % n;
    join(k, half + k, cells.g_us[static_cast<std::size_t>(k)]);
    if (j > 0) join(k, k - 1, 1e6 / w.word_ohm);
    if (i > 0) join(half + k, half + k - n, 1e6 / w.bit_ohm);
    if (j == 0) join(k, -1, 1e6 / (w.word_ohm + w.source_ohm));
    if (j == 0) source[k] = v[static_cast<std::size_t>(i)] * 1e6 / (w.word_ohm + w.source_ohm);
    if (i == m - 1) join(half + k, -1, 1e6 / (w.bit_ohm + w.sense_ohm));
  }
  Eigen::SparseMatrix<double> matrix(2 * half, 2 * half);
  matrix.setFromTriplets(entries.begin(), entries.end());
  Eigen::SparseLU<Eigen::SparseMatrix<double>> lu(matrix);
  const Eigen::VectorXd x = lu.solve(source);
  std::vector<double> out(cells.cols);
  for (int j = 0; j < n; ++j)
    out[static_cast<std::size_t>(j)] = x[2 * half - n + j] * 1e6 / (w.bit_ohm + w.sense_ohm);
  return out;
}

}  // namespace

TEST_CASE("effective conductances are those of the whole network", "[crossbar][numerics]") {
  for (std::uint32_t draw = 0; draw < 40; ++draw) {
    const auto shape = random_values(2, 1000 + draw, 1.0, draw < 36 ? 14.0 : 90.0);
    const auto m = static_cast<std::size_t>(shape[0]), n = static_cast<std::size_t>(shape[1]);
    WireSpec wires = exact_wires(random_ohm(2000 + draw), random_ohm(3000 + draw));
    if (draw % 2 == 0) wires.source_ohm = 10.0 * random_ohm(4000 + draw);
    if (draw % 3 == 0) wires.sense_ohm = 10.0 * random_ohm(5000 + draw);
    CAPTURE(draw, m, n, wires.word_ohm, wires.bit_ohm, wires.source_ohm, wires.sense_ohm);
    auto g = random_values(m * n, 6000 + draw, 0.0, 500.0);
    if (draw % 4 == 0) g[0] = 0.0;
    const auto v = random_values(m, 7000 + draw, -1.0, 1.0);
    const CellGrid cells{.g_us = g, .rows = m, .cols = n};
    const auto ours = multiply(effective_conductances(cells, wires, "a"), v);
    const auto reference = nodal_currents(cells, wires, v);
    CHECK(gap(ours, reference) < 1e-10);
    CHECK(gap(solve_nodes(cells, wires, v, "a").out_ua, reference) < 1e-10);
  }
}

TEST_CASE("lines of 0 ohm are exact in every combination", "[crossbar][numerics]") {
  const std::size_t m = GENERATE(as<std::size_t>{}, 1, 5, 8), n = GENERATE(as<std::size_t>{}, 1, 5, 7);
  const auto g = random_values(m * n, 1, 0.0, 500.0), v = random_values(m, 2, -1.0, 1.0);
  const CellGrid cells{.g_us = g, .rows = m, .cols = n};
  CHECK(effective_conductances(cells, pattern_spec(0), "a") == g);
  CHECK(noise_attenuations(cells, pattern_spec(0), "a") == std::vector<double>(m * n, 1.0));
  CHECK(solve_nodes(cells, pattern_spec(0), v, "a").out_ua == multiply(g, v));
  for (int pattern = 1; pattern < 16; ++pattern) {
    CAPTURE(m, n, pattern);
    const WireSpec wires = pattern_spec(pattern);
    const auto ours = multiply(effective_conductances(cells, wires, "a"), v);
    CHECK(gap(ours, solve_nodes(cells, wires, v, "a").out_ua) < 1e-12);
    WireSpec nearly = wires;  // 0 ohm is the limit of small resistances
    for (double* ohm : {&nearly.word_ohm, &nearly.bit_ohm}) *ohm = std::max(*ohm, 1e-7);
    CHECK(gap(multiply(effective_conductances(cells, nearly, "a"), v), ours) < 1e-8);
    CHECK(gap(noise_attenuations(cells, nearly, "a"), noise_attenuations(cells, wires, "a")) < 1e-8);
  }
}

TEST_CASE("a sense resistance far above the wires' costs no digits", "[crossbar][numerics]") {
  const std::size_t m = 40, n = 30;
  const auto g = random_values(m * n, 1, 1.0, 100.0), v = random_values(m, 2, -1.0, 1.0);
  const CellGrid cells{.g_us = g, .rows = m, .cols = n};
  for (const double bit_ohm : {1e-9, 1e-6, 1e-2, 0.09, 0.11}) {
    CAPTURE(bit_ohm);
    const WireSpec wires = exact_wires(1.0, bit_ohm, 50.0, 100.0);
    const auto reference = solve_nodes(cells, wires, v, "a").out_ua;
    CHECK(gap(multiply(effective_conductances(cells, wires, "a"), v), reference) < 1e-11);
  }
}

TEST_CASE("a cell behind ideal word lines sees its own bit line only", "[crossbar][numerics]") {
  // Two cells on one bit line: currents by hand.
  const std::vector<double> g = {100.0, 50.0};  // 10 and 20 kilohm
  const double r = 1000.0, r1 = 10000.0 + r, r2 = 20000.0;
  const auto effective = effective_conductances({.g_us = g, .rows = 2, .cols = 1}, exact_wires(0.0, r), "a");
  const double all = r + r1 * r2 / (r1 + r2);
  CHECK(effective[0] == Approx(1e6 / (r1 + r2 * r / (r2 + r)) * r2 / (r2 + r)).epsilon(1e-13));
  CHECK(effective[0] + effective[1] == Approx(1e6 / all).epsilon(1e-13));
}

TEST_CASE("wires never raise the current of one-signed inputs", "[crossbar][numerics]") {
  const std::size_t m = 33, n = 50;
  const auto g = random_values(m * n, 1, 1.0, 100.0), v = random_values(m, 2, 0.0, 1.0);
  const CellGrid cells{.g_us = g, .rows = m, .cols = n};
  const auto ideal = multiply(g, v);
  auto before = ideal;
  for (const double ohm : {1e-3, 0.1, 1.0, 10.0, 1000.0}) {
    const auto now = multiply(effective_conductances(cells, exact_wires(ohm, ohm), "a"), v);
    for (std::size_t j = 0; j < n; ++j) CHECK((now[j] > 0.0 && now[j] < before[j]));
    before = now;
  }
}

TEST_CASE("effective conductances do not depend on the caches of the machine", "[crossbar][numerics]") {
  const std::size_t n = 130;
  const auto g = random_values(n * n, 1, 1.0, 100.0);
  const CellGrid cells{.g_us = g, .rows = n, .cols = n};
  const auto before = effective_conductances(cells, exact_wires(1.0, 1.0), "a");
  const auto shares = noise_attenuations(cells, exact_wires(1.0, 1.0), "a");
  const std::ptrdiff_t l1 = Eigen::l1CacheSize(), l2 = Eigen::l2CacheSize(), l3 = Eigen::l3CacheSize();
  Eigen::setCpuCacheSizes(8 * 1024, 64 * 1024, 256 * 1024);
  CHECK(effective_conductances(cells, exact_wires(1.0, 1.0), "a") == before);
  CHECK(noise_attenuations(cells, exact_wires(1.0, 1.0), "a") == shares);
  Eigen::setCpuCacheSizes(l1, l2, l3);
}

TEST_CASE("attenuations are the slope of the output over a cell's conductance", "[crossbar][numerics]") {
  const std::size_t m = 6, n = 5;
  const auto g = random_values(m * n, 1, 20.0, 500.0);
  const std::vector<double> full(m, 1.0);
  const int pattern = GENERATE(range(1, 16));
  const auto topology = GENERATE(WireTopology::InputSource, WireTopology::SeparateSource);
  WireSpec wires = pattern_spec(pattern);
  wires.topology = topology;
  const auto shares = noise_attenuations({.g_us = g, .rows = m, .cols = n}, wires, "a");
  for (std::size_t k = 0; k < g.size(); ++k) {
    CAPTURE(pattern, k);
    const double step = 1e-4 * g[k];
    auto more = g, less = g;
    more[k] += step;
    less[k] -= step;
    const auto high = solve_nodes({.g_us = more, .rows = m, .cols = n}, wires, full, "a").out_ua;
    const auto low = solve_nodes({.g_us = less, .rows = m, .cols = n}, wires, full, "a").out_ua;
    CHECK(shares[k] == Approx((high[k % n] - low[k % n]) / (2.0 * step)).epsilon(1e-7));
  }
}

TEST_CASE("attenuations of full input misjudge the noise of other inputs by a stated amount",
          "[crossbar][numerics]") {
  // 64 × 64 cells of 10 to 100 uS with noise of 5 %, wires of 1 ohm (column currents 13 % below ideal ones).
  const std::size_t n = 64;
  const auto g = random_values(n * n, 1, 10.0, 100.0);
  auto sigma = g;
  for (double& s : sigma) s *= 0.05;
  const CellGrid cells{.g_us = g, .rows = n, .cols = n};
  CHECK(largest(noise_attenuation_errors(cells, exact_wires(0.0, 0.0), sigma, std::vector<double>(n, 0.3),
                                         "a")) < 1e-12);
  const std::vector<double> full(n, 0.2);
  const double at_full = largest(noise_attenuation_errors(cells, exact_wires(1.0, 1.0), sigma, full, "a"));
  double one_signed = 0.0, two_signed = 0.0;
  for (std::uint32_t draw = 0; draw < 3; ++draw) {
    const auto plus = random_values(n, 10 + draw, 0.0, 0.2), both = random_values(n, 20 + draw, -0.2, 0.2);
    one_signed = std::max(one_signed,
                          largest(noise_attenuation_errors(cells, exact_wires(1.0, 1.0), sigma, plus, "a")));
    two_signed = std::max(two_signed,
                          largest(noise_attenuation_errors(cells, exact_wires(1.0, 1.0), sigma, both, "a")));
  }
  CHECK(at_full < 2e-4);  // noise of other columns' cells
  CHECK(one_signed < 0.04);
  CHECK(two_signed < 0.12);
}

TEST_CASE("the line level is near the exact one within its range", "[crossbar][numerics]") {
  const std::size_t m = GENERATE(as<std::size_t>{}, 64, 256), n = 40;
  const double load = GENERATE(0.3, 0.99, 9.9);
  auto g = random_values(m * n, 1, 0.0, 50.0);
  std::fill_n(g.begin(), n, 0.0);  // a dark row
  for (std::size_t i = 0; i < m; ++i) g[i * n] = 25.0;
  const std::vector<double> full(m, 1.0), mixed = random_values(m, 3, -1.0, 1.0);
  const double heaviest = largest(multiply(g, full));
  const WireSpec line{
      .level = WireLevel::Line, .word_ohm = 0.0, .bit_ohm = load * 1e6 / (static_cast<double>(m) * heaviest)};
  WireSpec all = line;
  all.level = WireLevel::Exact;
  const CellGrid cells{.g_us = g, .rows = m, .cols = n};
  const auto currents = [&](const WireSpec& wires, const std::vector<double>& v) {
    return multiply(effective_conductances(cells, wires, "a"), v);
  };
  CAPTURE(m, load);
  const auto ours = currents(line, full), reference = currents(all, full);
  CHECK(std::abs(ours[0] / reference[0] - 1.0) < (load < 0.5 ? 0.003 : load < 1.0 ? 0.008 : 0.03));
  for (std::size_t j = 1; j < n; ++j)
    CHECK(std::abs(ours[j] / reference[j] - 1.0) < (load < 1.0 ? 0.03 : 0.1));
  CHECK(gap(currents(line, mixed), currents(all, mixed)) < (load < 1.0 ? 0.017 : 0.07));
  const auto noise = noise_attenuations(cells, line, "a"), exact_noise = noise_attenuations(cells, all, "a");
  for (std::size_t k = 0; k < g.size(); ++k) CHECK(std::abs(noise[k] - exact_noise[k]) < 0.1);
}

TEST_CASE("the line level knows word lines, drivers and sense nodes", "[crossbar][numerics]") {
  // Every line of load 0.25 to 0.9 by each of its four resistances, alone and together.
  const std::size_t n = 64;
  const auto g = random_values(n * n, 1, 0.0, 50.0), v = random_values(n, 2, -1.0, 1.0);
  const CellGrid cells{.g_us = g, .rows = n, .cols = n};
  for (int pattern = 1; pattern < 16; ++pattern) {
    const auto ohm = [&](int bit, double value) { return (pattern >> bit & 1) != 0 ? value : 0.0; };
    WireSpec wires = exact_wires(ohm(0, 4.0), ohm(1, 4.0), ohm(2, 200.0), ohm(3, 200.0));
    const auto exact = multiply(effective_conductances(cells, wires, "a"), v);
    wires.level = WireLevel::Line;
    const auto ours = multiply(effective_conductances(cells, wires, "a"), v);
    CAPTURE(pattern);
    CHECK(gap(ours, exact) < 0.06);
    CHECK(gap(multiply(g, v), exact) > 2.5 * gap(ours, exact));
  }
  // A line of next to no load is the limit of the law.
  WireSpec line{.level = WireLevel::Line, .word_ohm = 0.0, .bit_ohm = 9e-6};
  const auto below = effective_conductances(cells, line, "a");
  line.bit_ohm = 1.2e-5;
  const auto above = effective_conductances(cells, line, "a");
  for (std::size_t k = 0; k < g.size(); ++k)
    if (g[k] > 1.0) CHECK((g[k] - above[k]) / (g[k] - below[k]) == Approx(4.0 / 3.0).epsilon(1e-3));
}

TEST_CASE("the line level knows no source lines", "[crossbar][error]") {
  WireSpec wires{.level = WireLevel::Line, .bit_ohm = 1.0};
  CHECK_NOTHROW(check(wires));
  CHECK_NOTHROW(check(exact_wires(1.0, 2.0, 3.0, 4.0)));
  wires.topology = WireTopology::SeparateSource;
  CHECK_THROWS_WITH(check(wires), StartsWith("chip.wires.level: line knows no source lines"));
}

}  // namespace mimosa
