// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "sim/run/causes.hpp"
#include "sim/run/classifier.hpp"
#include "sim/run/error_budget_result.hpp"

namespace mimosa {

struct BudgetTask {
  const Network& network;
  const Program& program;
  const Experiment& experiment;  ///< `chips` is the most that are drawn
  const std::vector<ConverterRange>& ranges;
  const LabelledImages& images;
  double half_width = 0.005;  ///< asked for, share of inputs
  /// What is going to be done, once before the first run and once after the pilot.
  std::function<void(const std::string&)> announce;
  std::function<void(const std::string& what, double share)> progress;
  const Corrections* corrections = nullptr;  ///< fitted anew to every setting; null: none
};

/// Chips drawn before the spread of the differences says how many are needed.
constexpr int pilot_chips = 3;

/// Which effect in which layer costs how much accuracy. Each effect is put alone on an otherwise exact chip,
/// and taken off the experiment's chip: in the whole network, all effects of each layer, and each effect in
/// each layer. The same inputs, chip samples and random numbers serve every setting, so differences are
/// paired. After `pilot_chips` chips, the largest deviation of the whole network's rows gives how many chips
/// the asked-for half-width needs; never more than `experiment.chips` are drawn.
[[nodiscard]] ErrorBudgetResult error_budget(const BudgetTask& task);

/// Logits [input][class] on one chip sample: stage `stage` from `there`, all others from `elsewhere`; −1: all
/// from `there`.
[[nodiscard]] std::vector<float> logits_of(const BudgetTask& task, const Datapath& elsewhere,
                                           const Datapath& there, int stage);

}  // namespace mimosa
