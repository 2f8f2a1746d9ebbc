// SPDX-License-Identifier: Apache-2.0
// The one file that knows pagmo: its headers take seconds to compile.
#include "sim/sweep/nsga2.hpp"

#include <algorithm>
#include <cmath>
#include <pagmo/algorithms/nsga2.hpp>
#include <pagmo/population.hpp>
#include <pagmo/problem.hpp>
#include <set>
#include <stdexcept>

namespace mimosa {
namespace {

/// pagmo wants whole variables behind all others: the variable at each of its places.
std::vector<std::size_t> real_ones_first(const std::vector<std::size_t>& choices) {
  std::vector<std::size_t> order;
  for (const bool whole : {false, true})
    for (std::size_t v = 0; v < choices.size(); ++v)
      if ((choices[v] != 0) == whole) order.push_back(v);
  return order;
}

/// Costs as pagmo bears them. Its crowding distance divides by the spread of a cost over points none of which
/// beats another, which is no number where they share that cost. So costs, as shares of their spread in the
/// first generation, get a millionth of a sum of all of them besides: what beats another point still does.
/// What has no costs, or those of a point before it, is beaten by all others and by those like it before.
class Costs {
 public:
  explicit Costs(const std::vector<std::vector<double>>& first) {
    for (const std::vector<double>& costs : first) {
      if (low_.empty()) low_ = spread_ = costs;
      for (std::size_t i = 0; i < costs.size(); ++i) {
        low_[i] = std::min(low_[i], costs[i]);
        spread_[i] = std::max(spread_[i], costs[i]);
      }
    }
    if (low_.empty()) throw std::invalid_argument("no point of the first generation has costs");
    for (std::size_t i = 0; i < low_.size(); ++i)
      if ((spread_[i] -= low_[i]) == 0.0) spread_[i] = low_[i] == 0.0 ? 1.0 : std::abs(low_[i]);
  }

  std::vector<double> told(const std::vector<double>& costs) {
    if (costs.empty() || !seen_.insert(costs).second)
      return std::vector<double>(low_.size(), 1e100 * static_cast<double>(++beaten_));
    std::vector<double> told;
    double sum = 0.0;
    for (std::size_t i = 0; i < costs.size(); ++i) {
      told.push_back((costs[i] - low_[i]) / spread_[i]);
      sum += told.back() / (1.0 + std::abs(told.back()));
    }
    for (double& cost : told) cost += 1e-6 * sum;
    return told;
  }
  [[nodiscard]] std::size_t objectives() const { return low_.size(); }

 private:
  std::vector<double> low_, spread_;
  std::set<std::vector<double>> seen_;
  std::size_t beaten_ = 0;
};

/// What pagmo asks for in a generation, and what it is told. Its own batches start threads (a parallel check
/// of them), and processes are forked off this one: so a generation is evolved twice with the same random
/// numbers, once to ask and once to tell.
struct Talk {
  std::vector<pagmo::vector_double> asked;
  std::vector<std::vector<double>> costs;  ///< empty: nothing is known yet
  std::size_t told = 0;
};

struct Problem {
  pagmo::vector_double low, high;
  std::size_t objectives = 2, whole = 0;

  Talk* talk = nullptr;

  [[nodiscard]] pagmo::vector_double fitness(const pagmo::vector_double& x) const {
    if (!talk->costs.empty()) return talk->costs.at(talk->told++);
    talk->asked.push_back(x);
    return pagmo::vector_double(objectives, static_cast<double>(talk->asked.size()));
  }
  [[nodiscard]] std::pair<pagmo::vector_double, pagmo::vector_double> get_bounds() const {
    return {low, high};
  }
  [[nodiscard]] pagmo::vector_double::size_type get_nobj() const { return objectives; }
  [[nodiscard]] pagmo::vector_double::size_type get_nix() const { return whole; }
  template <class Archive>
  void serialize(Archive&, unsigned) {}
};

std::vector<Proposal> proposals_of(const std::vector<pagmo::vector_double>& asked,
                                   const std::vector<std::size_t>& order) {
  std::vector<Proposal> proposals;
  for (const pagmo::vector_double& x : asked) {
    proposals.emplace_back(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) proposals.back()[order[i]] = x[i];
  }
  return proposals;
}

Problem problem_of(const std::vector<std::size_t>& choices, const std::vector<std::size_t>& order,
                   std::size_t objectives, Talk& talk) {
  Problem problem{pagmo::vector_double(order.size(), 0.0), {}, objectives, 0, &talk};
  for (const std::size_t variable : order) {
    const std::size_t places = choices[variable];
    problem.high.push_back(places == 0 ? 1.0 : static_cast<double>(places - 1));
    problem.whole += places == 0 ? 0 : 1;
  }
  return problem;
}

}  // namespace

void evolve_nsga2(const std::vector<std::size_t>& choices, const std::vector<Proposal>& first,
                  int generations, std::uint64_t seed, const EvaluateBatch& evaluate) {
  const std::vector<std::vector<double>> first_costs = evaluate(first);
  Costs costs(first_costs);
  const std::vector<std::size_t> order = real_ones_first(choices);
  const auto seed32 = static_cast<unsigned>(seed ^ (seed >> 32));
  Talk talk;
  pagmo::population population(pagmo::problem(problem_of(choices, order, costs.objectives(), talk)), 0,
                               seed32);
  for (std::size_t i = 0; i < first.size(); ++i) {
    pagmo::vector_double x;
    for (const std::size_t variable : order) x.push_back(first[i][variable]);
    population.push_back(x, costs.told(first_costs[i]));
  }
  for (int generation = 1; generation < generations; ++generation) {
    const auto evolved = [&] {
      return pagmo::nsga2(1, 0.9, 20.0, 1.0 / static_cast<double>(choices.size()), 20.0,
                          seed32 + static_cast<unsigned>(generation))
          .evolve(population);
    };
    talk = {};
    static_cast<void>(evolved());
    for (const std::vector<double>& own : evaluate(proposals_of(talk.asked, order)))
      talk.costs.push_back(costs.told(own));
    population = evolved();
  }
}

}  // namespace mimosa
