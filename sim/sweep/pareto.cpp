// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/pareto.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "sim/sweep/front.hpp"
#include "sim/sweep/nsga2.hpp"
#include "sim/sweep/sampling.hpp"

namespace mimosa {
namespace {

/// An axis as NSGA-II sees it: values and whole numbers by their place, other ranges as a share of them.
struct Variable {
  std::size_t choices = 0;  ///< 0: a share; 1: nothing to choose
  bool ends = false;        ///< the first and the last place are the ends of a range

  explicit Variable(const Axis& axis) {
    if (!axis.range) choices = axis.steps.size();
    ends = axis.range && axis.range->integer && !axis.range->log;
    if (ends) choices = static_cast<std::size_t>(axis.range->high - axis.range->low) + 1;
  }
  [[nodiscard]] double number(double share) const {
    if (choices == 0) return share;
    const auto count = static_cast<double>(choices);
    return ends ? std::round(share * (count - 1.0)) : std::min(std::floor(share * count), count - 1.0);
  }
  [[nodiscard]] double share(double number) const {
    if (choices == 0) return number;
    const auto count = static_cast<double>(choices);
    return ends ? number / (count - 1.0) : (number + 0.5) / count;
  }
};

struct Stopped {};

class ParetoRun {
 public:
  ParetoRun(Expansion& expansion, const RunFunction& run, Store& store, const StoreContents& contents,
            const ParetoOptions& options)
      : expansion_(expansion), run_(run), store_(store), options_(options), known_(contents) {
    for (std::size_t a = 0; a < expansion.sampled_axes(); ++a)
      variables_.emplace_back(expansion.plan().axes[a]);
    if (options.force)
      known_.points.clear();
    else
      values_ = read_values(store.folder(), objectives());
    if (options.retry_failed)
      std::erase_if(known_.points, [](const auto& point) { return !point.second.ok; });
  }

  ParetoOutcome evolve() {
    const SweepPlan& plan = expansion_.plan();
    std::vector<std::size_t> choices;
    for (const Variable& variable : variables_)
      if (variable.choices != 1) choices.push_back(variable.choices);
    try {
      evolve_nsga2(choices, first(), plan.spec.generations, plan.base.experiment.seed,
                   [&](const std::vector<Proposal>& proposals) { return costs(proposals); });
    } catch (const Stopped&) {
    }
    for (std::size_t i = 0; i < expansion_.size(); ++i) outcome_.failed += failed(i) ? 1 : 0;
    return outcome_;
  }

 private:
  [[nodiscard]] const std::vector<Objective>& objectives() const { return expansion_.plan().spec.objectives; }
  [[nodiscard]] bool failed(std::size_t point) const {
    const auto found = known_.points.find(expansion_.address(point));
    return found != known_.points.end() && !found->second.ok;
  }

  [[nodiscard]] std::vector<Proposal> first() const {
    const SweepPlan& plan = expansion_.plan();
    std::vector<std::string> names;
    for (std::size_t a = 0; a < variables_.size(); ++a) names.push_back(plan.axes[a].name);
    const std::vector<double> shares = sample_shares(
        plan.spec.method, static_cast<std::size_t>(plan.spec.points), names, plan.base.experiment.seed);
    std::vector<Proposal> proposals(static_cast<std::size_t>(plan.spec.points));
    for (std::size_t i = 0; i < shares.size(); ++i)
      if (const Variable& variable = variables_[i % names.size()]; variable.choices != 1)
        proposals[i / names.size()].push_back(variable.number(shares[i]));
    return proposals;
  }

  /// The points of a proposal; none where there can be none.
  std::vector<std::size_t> points_of(const Proposal& proposal) {
    std::vector<double> shares;
    std::size_t next = 0;
    for (const Variable& variable : variables_)
      shares.push_back(variable.choices == 1 ? 0.0 : variable.share(proposal[next++]));
    try {
      return expansion_.add(shares);
    } catch (const UserError& e) {
      if (outcome_.impossible++ == 0) outcome_.why = e.what();
      return {};
    }
  }

  void run_left() {
    const SweepTodo todo = todo_of(expansion_, known_, {}, false, false);
    if (options_.generation) options_.generation(generation_, todo);
    SweepOptions points = options_.points;
    points.done = [&](const PointDone& done) {
      known_.points[expansion_.address(done.point)] = {done.ok, done.ok};
      take_values(values_, done.line, objectives());
      if (options_.points.done) options_.points.done(done);
    };
    run_points(expansion_, todo.points, run_, store_, points);
    if (points.stop && points.stop()) throw Stopped{};
  }

  std::vector<std::vector<double>> costs(const std::vector<Proposal>& proposals) {
    ++generation_;
    std::vector<std::vector<std::size_t>> points;
    for (const Proposal& proposal : proposals) points.push_back(points_of(proposal));
    run_left();
    std::vector<std::vector<double>> costs;
    for (const std::vector<std::size_t>& own : points) {
      costs.push_back(costs_of(mean_values(expansion_, own, values_), objectives()));
      some_good_ = some_good_ || !costs.back().empty();
    }
    if (!some_good_)
      throw UserError("sweep: no point of the first generation has all figures of sweep.objectives");
    return costs;
  }

  Expansion& expansion_;
  const RunFunction& run_;
  Store& store_;
  const ParetoOptions& options_;
  std::vector<Variable> variables_;
  StoreContents known_;
  ObjectiveValues values_;
  int generation_ = 0;
  bool some_good_ = false;
  ParetoOutcome outcome_;
};

}  // namespace

ParetoOutcome run_pareto(Expansion& expansion, const RunFunction& run, Store& store,
                         const StoreContents& contents, const ParetoOptions& options) {
  return ParetoRun(expansion, run, store, contents, options).evolve();
}

}  // namespace mimosa
