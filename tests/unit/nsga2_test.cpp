// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/nsga2.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "sim/sweep/front.hpp"

namespace mimosa {
namespace {

using Costs = std::vector<std::vector<double>>;

/// A problem of Zitzler, Deb and Thiele (2000): f1 is the first variable, the others are 0 on the front.
struct Zdt {
  const char* name;
  double (*front)(double);  ///< f2 of the front at f1
};
const Zdt zdt1 = {"ZDT1", [](double f1) { return 1.0 - std::sqrt(f1); }};
const Zdt zdt2 = {"ZDT2", [](double f1) { return 1.0 - f1 * f1; }};

/// Both are f2 = g h(f1 / g), and h is the front, where g is 1.
std::vector<double> costs_at(const Zdt& problem, const Proposal& x) {
  double g = 1.0;
  for (std::size_t i = 1; i < x.size(); ++i) g += 9.0 * x[i] / static_cast<double>(x.size() - 1);
  return {x[0], g * problem.front(x[0] / g)};
}

std::vector<Proposal> spread(std::size_t points, std::size_t variables) {
  std::vector<Proposal> first(points, Proposal(variables));
  for (std::size_t i = 0; i < points; ++i)
    for (std::size_t v = 0; v < variables; ++v)
      first[i][v] = std::fmod(static_cast<double>(i + 1) * std::sqrt(2.0 + static_cast<double>(v)), 1.0);
  return first;
}

using Function = std::function<std::vector<double>(const Proposal&)>;

/// All costs of an evolution.
Costs evolved(const std::vector<Proposal>& first, int generations, std::uint64_t seed,
              const Function& function) {
  Costs all;
  evolve_nsga2(std::vector<std::size_t>(first[0].size()), first, generations, seed,
               [&](const std::vector<Proposal>& proposals) {
                 CHECK(proposals.size() == first.size());
                 Costs costs;
                 for (const Proposal& proposal : proposals) costs.push_back(function(proposal));
                 all.insert(all.end(), costs.begin(), costs.end());
                 return costs;
               });
  return all;
}
Function on(const Zdt& problem) {
  return [&problem](const Proposal& x) { return costs_at(problem, x); };
}

/// Mean distance of 101 points of the true front to the nearest of the costs (inverted generational
/// distance).
double distance_to(const Costs& costs, const Zdt& problem) {
  double sum = 0.0;
  for (int i = 0; i <= 100; ++i) {
    const double f1 = i / 100.0, f2 = problem.front(f1);
    double nearest = 1e9;
    for (const auto& cost : costs) nearest = std::min(nearest, std::hypot(cost[0] - f1, cost[1] - f2));
    sum += nearest / 101.0;
  }
  return sum;
}

}  // namespace

TEST_CASE("NSGA-II finds the fronts of ZDT1 and ZDT2, which as many random points do not",
          "[sweep][pareto]") {
  const std::vector<Proposal> first = spread(40, 6);
  for (const Zdt& problem : {zdt1, zdt2}) {
    INFO(problem.name);
    for (const std::uint64_t seed : {1, 2, 3}) {
      const Costs costs = evolved(first, 100, seed, on(problem));
      CHECK(costs.size() == 4000);
      INFO(distance_to(costs, problem));
      CHECK(distance_to(costs, problem) < 0.02);
    }
    std::mt19937 random(1);
    Costs drawn;
    for (int i = 0; i < 4000; ++i) {
      Proposal x;
      for (int v = 0; v < 6; ++v) x.push_back(static_cast<double>(random()) / 0x1p32);
      drawn.push_back(costs_at(problem, x));
    }
    INFO(distance_to(drawn, problem));
    CHECK(distance_to(drawn, problem) > 0.2);
  }
}

TEST_CASE("an objective that is the same everywhere changes nothing: the spread along the front stays",
          "[sweep][pareto]") {
  const std::vector<Proposal> first = spread(40, 6);
  for (const std::uint64_t seed : {1, 2, 3}) {
    const Costs costs = evolved(first, 100, seed, [](const Proposal& x) {
      std::vector<double> own = costs_at(zdt1, x);
      own.push_back(7.0);
      return own;
    });
    // Of the last generation alone: without crowding distances it is 0.05 and more, without the objective
    // 0.03.
    const double distance = distance_to(Costs(costs.end() - 40, costs.end()), zdt1);
    INFO(distance);
    CHECK(distance < 0.035);
  }
}

TEST_CASE("the seed decides what NSGA-II proposes", "[sweep][pareto]") {
  const std::vector<Proposal> first = spread(8, 3);
  CHECK(evolved(first, 5, 1, on(zdt1)) == evolved(first, 5, 1, on(zdt1)));
  CHECK(evolved(first, 5, 1, on(zdt1)) != evolved(first, 5, 2, on(zdt1)));
  CHECK(evolved(first, 1, 1, on(zdt1)) == evolved(first, 1, 2, on(zdt1)));
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

TEST_CASE("points without costs, and copies, are left behind", "[sweep][pareto]") {
  // All but the points below 0.1 have no costs: generations gather there and, of few places, ask for new
  // ones.
  const std::vector<Proposal> first = spread(40, 2);
  std::vector<std::size_t> good;
  evolve_nsga2({0, 0}, first, 30, 1, [&](const std::vector<Proposal>& proposals) {
    Costs costs;
    good.push_back(0);
    for (const Proposal& x : proposals) {
      const bool is_good = x[0] < 0.1;
      good.back() += is_good ? 1 : 0;
      costs.push_back(is_good ? std::vector<double>{x[1], 1.0 - x[1]} : std::vector<double>{});
    }
    return costs;
  });
  CHECK(good.front() < 8);
  CHECK(good.back() > 30);
  CHECK_THROWS_AS(
      evolve_nsga2({0, 0}, first, 2, 1,
                   [](const std::vector<Proposal>& proposals) { return Costs(proposals.size()); }),
      std::invalid_argument);
}

TEST_CASE("of few places all that are on the front are found, however often they are drawn again",
          "[sweep][pareto]") {
  std::vector<Proposal> first;
  for (int i = 0; i < 8; ++i) first.push_back({static_cast<double>(i), 7.0});
  for (const std::uint64_t seed : {1, 2, 3}) {
    std::set<double> found;
    evolve_nsga2({8, 8}, first, 20, seed, [&](const std::vector<Proposal>& proposals) {
      Costs costs;
      for (const Proposal& x : proposals) {
        if (x[1] == 0.0) found.insert(x[0]);
        costs.push_back({x[0] + x[1], 7.0 - x[0] + x[1]});
      }
      return costs;
    });
    CHECK(found.size() == 8);
  }
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
