// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/nsga2.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <catch2/catch.hpp>

#include "sim/sweep/front.hpp"

namespace mimosa {
namespace {

using Costs = std::vector<std::vector<double>>;

/// ZDT1 (Zitzler, Deb and Thiele 2000): its front is f2 = 1 - sqrt(f1), where all variables but the first are
/// 0.
std::vector<double> zdt1(const Proposal& x) {
  double g = 1.0;
  for (std::size_t i = 1; i < x.size(); ++i) g += 9.0 * x[i] / static_cast<double>(x.size() - 1);
  return {x[0], g * (1.0 - std::sqrt(x[0] / g))};
}

std::vector<Proposal> spread(std::size_t points, std::size_t variables) {
  std::vector<Proposal> first(points, Proposal(variables));
  for (std::size_t i = 0; i < points; ++i)
    for (std::size_t v = 0; v < variables; ++v)
      first[i][v] = std::fmod(static_cast<double>(i + 1) * std::sqrt(2.0 + static_cast<double>(v)), 1.0);
  return first;
}

/// All costs of an evolution.
Costs evolved(const std::vector<Proposal>& first, int generations, std::uint64_t seed) {
  Costs all;
  evolve_nsga2(std::vector<std::size_t>(first[0].size()), first, generations, seed,
               [&](const std::vector<Proposal>& proposals) {
                 CHECK(proposals.size() == first.size());
                 Costs costs;
                 for (const Proposal& proposal : proposals) costs.push_back(zdt1(proposal));
                 all.insert(all.end(), costs.begin(), costs.end());
                 return costs;
               });
  return all;
}

/// Mean distance of points of the true front to the nearest of the costs (inverted generational distance).
double distance_to(const Costs& costs) {
  double sum = 0.0;
  for (int i = 0; i <= 100; ++i) {
    const double f1 = i / 100.0, f2 = 1.0 - std::sqrt(f1);
    double nearest = 1e9;
    for (const auto& cost : costs) nearest = std::min(nearest, std::hypot(cost[0] - f1, cost[1] - f2));
    sum += nearest / 101.0;
  }
  return sum;
}

}  // namespace

TEST_CASE("NSGA-II finds the front of ZDT1, which as many random points do not", "[sweep][pareto]") {
  const std::vector<Proposal> first = spread(40, 6);
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Costs costs = evolved(first, 100, seed);
    CHECK(costs.size() == 4000);
    INFO(distance_to(costs));
    CHECK(distance_to(costs) < 0.02);
  }
  Costs spread_costs;
  for (const Proposal& proposal : spread(4000, 6)) spread_costs.push_back(zdt1(proposal));
  CHECK(distance_to(spread_costs) > 0.2);
}

TEST_CASE("the seed decides what NSGA-II proposes", "[sweep][pareto]") {
  const std::vector<Proposal> first = spread(8, 3);
  CHECK(evolved(first, 5, 1) == evolved(first, 5, 1));
  CHECK(evolved(first, 5, 1) != evolved(first, 5, 2));
  CHECK(evolved(first, 1, 1) == evolved(first, 1, 2));
}

TEST_CASE("places are whole, wherever they stand among the variables; no thread is started",
          "[sweep][pareto]") {
  const std::vector<std::size_t> choices = {5, 0, 3};
  std::vector<Proposal> first;
  for (int i = 0; i < 8; ++i) first.push_back({static_cast<double>(i % 5), i / 8.0, 2.0});
  int generations = 0;
  evolve_nsga2(choices, first, 20, 1, [&](const std::vector<Proposal>& proposals) {
    ++generations;
    Costs costs;
    for (const Proposal& p : proposals) {
      for (const std::size_t v : {0U, 2U}) {
        CHECK(p[v] == std::floor(p[v]));
        CHECK((p[v] >= 0.0 && p[v] <= static_cast<double>(choices[v] - 1)));
      }
      CHECK((p[1] >= 0.0 && p[1] <= 1.0));
      costs.push_back({p[0] + p[1], p[2] - p[1]});
    }
    const std::filesystem::directory_iterator threads("/proc/self/task");
    CHECK(std::distance(begin(threads), end(threads)) == 1);
    return costs;
  });
  CHECK(generations == 20);
}

TEST_CASE("an exception in the evaluation ends the evolution", "[sweep][pareto]") {
  int generations = 0;
  CHECK_THROWS_AS(evolve_nsga2({0, 0}, spread(8, 2), 20, 1,
                               [&](const std::vector<Proposal>& proposals) {
                                 if (++generations == 3) throw std::runtime_error("no more");
                                 return Costs(proposals.size(), {1.0, 2.0});
                               }),
                  std::runtime_error);
  CHECK(generations == 3);
}

TEST_CASE("a front holds what nothing beats, equals included", "[sweep][pareto]") {
  CHECK(non_dominated({{1, 4}, {2, 2}, {2, 3}, {4, 1}, {2, 2}, {4, 4}, {5, 1}}) ==
        std::vector<bool>{true, true, false, true, true, false, false});
  CHECK(non_dominated({{1, 1, 2}, {1, 2, 1}, {1, 2, 2}, {0, 9, 9}}) ==
        std::vector<bool>{true, true, false, true});
  CHECK(non_dominated({}).empty());
}

}  // namespace mimosa
