// SPDX-License-Identifier: Apache-2.0
#include "sim/run/error_budget.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "models/nn/reference.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/sample_size.hpp"

namespace mimosa {
namespace {

using Hits = std::vector<std::uint8_t>;

/// One paired comparison: some causes, alone or taken away, in one stage or everywhere (−1).
struct Comparison {
  int stage = -1;
  bool alone = true, same_on_every_chip = false;
  std::vector<double> of_chip;    ///< differences of accuracies
  std::vector<double> per_input;  ///< sums over chips
  Hits first;                     ///< of the first chip, where all are the same
};

/// Comparisons that need the same two chips.
struct Group {
  CauseSet causes;
  std::vector<Comparison> comparisons;  ///< alone and without, in turn
};

class Budget {
 public:
  explicit Budget(const BudgetTask& task)
      : task_(task),
        causes_(task.network, task.program, task.experiment, task.ranges, task.images.images,
                task.corrections),
        all_(causes_.all()) {
    for (std::size_t c = 0; c < cause_count; ++c)
      if (all_[c]) add_group(CauseSet().set(c));
    if (all_.count() > 1) add_group(all_);
  }

  ErrorBudgetResult run() {
    int chips = task_.experiment.chips;
    expected_ = runs_of(chips);
    say(fmt::format("at most {} runs of {} held-out images: {} settings, up to {} chips", expected_,
                    task_.images.count, runs_of(1), chips));
    result_.half_width = task_.half_width;
    result_.pilot_chips = std::min(pilot_chips, chips);
    for (int chip = 0; chip < chips; ++chip) {
      run_chip(chip);
      if (chip + 1 == result_.pilot_chips && chip > 0) chips = plan(chips);
    }
    result_.chips = static_cast<int>(with_all_.size());
    summarise();
    return std::move(result_);
  }

 private:
  void say(const std::string& text) const {
    if (task_.announce) task_.announce("error budget of " + task_.network.name + ": " + text);
  }

  void add_group(CauseSet causes) {
    Group group{.causes = causes, .comparisons = {}};
    const auto add = [&](int stage) {
      for (const bool alone : {true, false})
        group.comparisons.push_back({.stage = stage,
                                     .alone = alone,
                                     .same_on_every_chip = causes_.is_deterministic(alone ? causes : all_),
                                     .of_chip = {},
                                     .per_input = std::vector<double>(task_.images.count),
                                     .first = {}});
    };
    if (causes != all_ || all_.count() == 1) add(-1);  // of all, it is the total
    for (std::size_t s = 0; s < task_.program.stages.size(); ++s)
      if (!task_.program.stages[s].analog.empty() && (causes_.of_stage(s) & causes).any())
        add(static_cast<int>(s));
    groups_.push_back(std::move(group));
  }

  [[nodiscard]] std::int64_t runs_of(int chips) const {
    std::int64_t runs = 1 + chips;
    for (const Group& group : groups_)
      for (const Comparison& c : group.comparisons) runs += c.same_on_every_chip ? 1 : chips;
    return runs;
  }

  Hits classify(CorrectedChip& elsewhere, CorrectedChip& there, int stage) {
    if (task_.progress)
      task_.progress(fmt::format("error budget, run {} of {}", result_.runs + 1, expected_),
                     static_cast<double>(result_.runs) / static_cast<double>(expected_));
    ++result_.runs;
    std::vector<float> logits;
    there.mix_into(elsewhere, stage,
                   [&] { logits = logits_of(task_, elsewhere.datapath(), there.datapath(), stage); });
    return hits(logits, task_.images.labels);
  }

  void run_chip(int chip) {
    CorrectedChip exact = causes_.corrected({}, chip), full = causes_.corrected(all_, chip);
    if (chip == 0) none_ = classify(exact, exact, -1);
    const Hits all = classify(full, full, -1);
    with_all_.push_back(share(all));
    add_difference(total_, none_, all);
    for (Group& group : groups_) {
      CorrectedChip alone = causes_.corrected(group.causes, chip),
                    without = causes_.corrected(all_ & ~group.causes, chip);
      for (Comparison& c : group.comparisons) {
        Hits found = c.first;
        if (found.empty())
          found = c.alone ? classify(exact, alone, c.stage) : classify(full, without, c.stage);
        if (c.alone)
          add_difference(c, none_, found);
        else
          add_difference(c, found, all);
        if (c.same_on_every_chip) c.first = std::move(found);
      }
    }
  }

  static void add_difference(Comparison& c, const Hits& better, const Hits& worse) {
    c.of_chip.push_back(share(better) - share(worse));
    c.per_input.resize(better.size());
    for (std::size_t i = 0; i < better.size(); ++i) c.per_input[i] += better[i] - worse[i];
  }

  /// Uses `use` on the comparisons of the whole network.
  template <class Use>
  void for_whole_network(const Use& use) const {
    use(total_);
    for (const Group& group : groups_)
      for (const Comparison& c : group.comparisons)
        if (c.stage < 0) use(c);
  }

  [[nodiscard]] std::vector<double> of_passes(const Comparison& c) const {
    std::vector<double> passes = pass_means(c.per_input, task_.network.inputs_per_pass);
    for (double& mean : passes) mean /= static_cast<double>(c.of_chip.size());
    return passes;
  }

  /// Chips to draw, from those drawn so far.
  int plan(int most) {
    double of_chips = 0.0, of_passes_ = 0.0;
    for_whole_network([&](const Comparison& c) {
      of_chips = std::max(of_chips, standard_deviation(c.of_chip));
      of_passes_ = std::max(of_passes_, standard_deviation(of_passes(c)));
    });
    result_.planned_chips = planned_samples(of_chips, task_.half_width);
    result_.planned_inputs = planned_samples(of_passes_, task_.half_width) * task_.network.inputs_per_pass;
    const int drawn = static_cast<int>(with_all_.size());
    const int chips = static_cast<int>(std::clamp<std::int64_t>(*result_.planned_chips, drawn, most));
    expected_ = runs_of(chips);
    say(fmt::format(
        "{} chips and {} images planned for ±{:.3g} points, after a pilot of {}; {} chips drawn, {} runs",
        *result_.planned_chips, *result_.planned_inputs, 100.0 * task_.half_width, drawn, chips, expected_));
    return chips;
  }

  [[nodiscard]] PairedDifference figure(const Comparison& c) const {
    return {mean_interval(c.of_chip), mean_interval(of_passes(c)).ci95};
  }

  void add_rows(const Group& group, bool whole_network) {
    const auto first_cause = [&] {
      std::size_t c = 0;
      while (!group.causes[c]) ++c;
      return static_cast<Cause>(c);
    };
    const std::string effect = group.causes == all_ && all_.count() > 1 ? "all" : name_of(first_cause());
    for (std::size_t i = 0; i < group.comparisons.size(); i += 2) {
      const Comparison& c = group.comparisons[i];
      if ((c.stage < 0) != whole_network) continue;
      const std::string layer =
          c.stage < 0 ? "all" : task_.program.stages[static_cast<std::size_t>(c.stage)].analog;
      result_.rows.push_back({effect, layer, figure(c), figure(group.comparisons[i + 1])});
    }
  }

  void summarise() {
    result_.inputs = static_cast<std::int64_t>(task_.images.count);
    result_.float_reference =
        share(hits(reference_logits(task_.network, task_.images.images, task_.images.count,
                                    worker_threads(task_.experiment)),
                   task_.images.labels));
    result_.without_effects = share(none_);
    result_.with_effects = mean_interval(with_all_);
    result_.total = figure(total_);
    for (const Group& group : groups_) add_rows(group, true);
    add_rows(groups_.back(), false);
    for (std::size_t g = 0; g + 1 < groups_.size(); ++g) add_rows(groups_[g], false);
    for_whole_network([&](const Comparison& c) {
      const PairedDifference d = figure(c);
      result_.achieved_half_width = std::max(result_.achieved_half_width, d.chips.ci95);
      result_.achieved_inputs_half_width = std::max(result_.achieved_inputs_half_width, d.inputs_ci95);
    });
  }

  const BudgetTask& task_;
  Causes causes_;
  CauseSet all_;
  std::vector<Group> groups_;  ///< one a cause, at last all of them (where there are several)
  Comparison total_;
  Hits none_;
  std::vector<double> with_all_;  ///< accuracy per chip
  std::int64_t expected_ = 0;
  ErrorBudgetResult result_;
};

}  // namespace

std::vector<float> logits_of(const BudgetTask& task, const Datapath& elsewhere, const Datapath& there,
                             int stage) {
  std::vector<const Datapath*> of_stage(task.program.stages.size(), stage < 0 ? &there : &elsewhere);
  if (stage >= 0) of_stage[static_cast<std::size_t>(stage)] = &there;
  std::vector<float> logits = run_functional(of_stage, task.experiment.chip, task.images.passes,
                                             {.threads = worker_threads(task.experiment),
                                              .batch = task.experiment.batch,
                                              .last_filled = task.images.last_filled,
                                              .progress = {},
                                              .inspect = {}})
                                  .outputs;
  // Copies that fill a short last pass are dropped.
  logits.resize(task.images.count * static_cast<std::size_t>(task.network.graph.output().shape.size()));
  return logits;
}

ErrorBudgetResult error_budget(const BudgetTask& task) {
  return Budget(task).run();
}

}  // namespace mimosa
