// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "sim/compiler/floor_plan.hpp"
#include "sim/config/experiment.hpp"
#include "sim/run/result.hpp"
#include "traces/options.hpp"

namespace mimosa {

struct SharedStages;

/// What a run may want beside its result.
struct RunRequest {
  TraceOptions trace;  ///< of the run that tells the timing
  bool keep_logits = false;
  bool diagnose = false, error_budget = false;  ///< on held-out images; not with the timing engine
  double half_width = 0.005;                    ///< asked of the error budget, share of inputs
  SharedStages* shared = nullptr;               ///< of runs before this one; null: it shares nothing
  /// Called with a sentence about what is going to be done, where that takes long.
  std::function<void(const std::string&)> announce;
  /// Called now and then with what is being done and the share done (0 … 1).
  std::function<void(const std::string&, double)> progress;
};

/// Runs every network of the experiment, in order. UserError for what the user can fix.
[[nodiscard]] std::vector<RunResult> run(const Experiment& experiment, const RunRequest& request);

/// Text form of a stage of the compiler for every network: partition, replicate, place, schedule or program.
[[nodiscard]] std::string compile_text(const Experiment& experiment, const std::string& stage);

/// Where every network sits on the chip.
[[nodiscard]] std::vector<FloorPlan> floor_plans(const Experiment& experiment);

}  // namespace mimosa
