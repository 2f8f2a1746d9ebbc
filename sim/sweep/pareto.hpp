// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <string>

#include "sim/sweep/sweep.hpp"

namespace mimosa {

struct ParetoOptions {
  SweepOptions points;
  bool force = false, retry_failed = false;
  /// Called before the points of a generation run, with its number (from 1) and what of it is left to do.
  std::function<void(int, const SweepTodo&)> generation = {};
};

struct ParetoOutcome {
  std::size_t failed = 0;      ///< points
  std::size_t impossible = 0;  ///< proposals that no config can be, after the first generation
  std::string why;             ///< the first of them
};

/// Runs the generations of a plan with SweepMethod::Pareto: the Sobol points the expansion begins with, then
/// those NSGA-II proposes, which join the expansion. Each point is run and recorded as run_points does, and
/// not run where the store has it, so that after a kill the same proposals come again. To NSGA-II a point is
/// worse than all others that failed, has no number for an objective, `where` leaves out, cannot be, or has
/// the objectives of one before it, as points proposed again have (copies would crowd the generation).
/// `contents`: what the store holds. Ends early where `points.stop` says so. UserError where no point of the
/// first generation has all objectives.
ParetoOutcome run_pareto(Expansion& expansion, const RunFunction& run, Store& store,
                         const StoreContents& contents, const ParetoOptions& options);

}  // namespace mimosa
