// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sampling.hpp"

#include <cmath>
#include <set>

#include <catch2/catch.hpp>

namespace mimosa {
namespace {

constexpr std::size_t count = 1024;
const std::vector<std::string> two = {"x", "y"};

/// How many of the boxes of a grid of `a` × `b` hold a point.
std::size_t boxes(const std::vector<double>& shares, double a, double b) {
  std::set<std::pair<int, int>> seen;
  for (std::size_t i = 0; i < shares.size(); i += 2)
    seen.emplace(static_cast<int>(shares[i] * a), static_cast<int>(shares[i + 1] * b));
  return seen.size();
}

}  // namespace

TEST_CASE("Sobol points are a net: every elementary box of two axes holds one", "[sweep]") {
  for (const std::uint64_t seed : {1, 2}) {
    const std::vector<double> shares = sample_shares(SweepMethod::Sobol, count, two, seed);
    // The first two axes are a (0, 10, 2)-net in base 2 (Sobol 1967): each of these has one point a box.
    for (const int a : {1, 4, 32, 128, 1024}) CHECK(boxes(shares, a, 1024.0 / a) == count);
  }
  CHECK(sample_shares(SweepMethod::Sobol, 8, two, 1) != sample_shares(SweepMethod::Sobol, 8, two, 2));
}

TEST_CASE("a Latin hypercube has one point in each part of each axis", "[sweep]") {
  const std::vector<double> shares = sample_shares(SweepMethod::Latin, 1000, two, 1);
  CHECK(boxes(shares, 1000, 1) == 1000);
  CHECK(boxes(shares, 1, 1000) == 1000);
  // Independent orders: the correlation of two is normal with standard deviation 1/sqrt(999); 5 of them is
  // one false alarm in 1.7 million.
  double product = 0.0;
  for (std::size_t i = 0; i < shares.size(); i += 2) product += (shares[i] - 0.5) * (shares[i + 1] - 0.5);
  CHECK(std::abs(product / 1000.0 * 12.0) < 5.0 / std::sqrt(999.0));
}

TEST_CASE("random points are uniform, and a longer list begins with the shorter", "[sweep]") {
  const std::vector<double> shares = sample_shares(SweepMethod::Random, 20000, two, 1);
  const std::vector<double> fewer = sample_shares(SweepMethod::Random, 100, two, 1);
  CHECK(std::vector<double>(shares.begin(), shares.begin() + 200) == fewer);
  std::vector<double> in_part(16);
  for (std::size_t i = 0; i < shares.size(); i += 2)
    ++in_part[static_cast<std::size_t>(shares[i] * 4.0) * 4 + static_cast<std::size_t>(shares[i + 1] * 4.0)];
  double chi2 = 0.0;
  for (const double n : in_part) chi2 += (n - 1250.0) * (n - 1250.0) / 1250.0;
  CHECK(chi2 < 44.0);  // 15 degrees of freedom: one false alarm in 10,000
}

TEST_CASE("a share takes the steps of an axis in equal parts, and a range at any number", "[sweep]") {
  const Axis steps{.name = "k", .steps = {{"a", {}}, {"b", {}}, {"c", {}}}};
  CHECK(step_at(steps, 0.0).label == "a");
  CHECK(step_at(steps, 0.34).label == "b");
  CHECK(step_at(steps, std::nextafter(1.0, 0.0)).label == "c");
  const Axis range{.name = "k", .range = AxisRange{.low = 1.0, .high = 100.0, .log = true}};
  CHECK(step_at(range, 0.5).label == "10");
  const Axis bits{.name = "k", .range = AxisRange{.low = 4.0, .high = 8.0, .integer = true}};
  CHECK(step_at(bits, 0.4).settings == std::vector<std::pair<std::string, std::string>>{{"k", "6"}});
}

}  // namespace mimosa
