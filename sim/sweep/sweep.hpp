// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "sim/run/run.hpp"
#include "sim/sweep/grid.hpp"
#include "sim/sweep/journal.hpp"

namespace mimosa {

using RunFunction = std::function<std::vector<RunResult>(const Experiment&, const RunRequest&)>;

/// What became of one point: its results, or why it failed.
struct PointOutcome {
  std::vector<RunResult> results;
  std::string error;
};

struct SweepOptions {
  RunRequest request;
  /// Asked when a point fails: true ends the sweep with the point's exception instead of recording it.
  std::function<bool()> interrupted;
  /// Called after each point is in the journal, with its line.
  std::function<void(const SweepPoint&, const PointOutcome&, const std::string& line)> done;
};

/// Runs the points in order and appends one JSON line each to the journal: `axes`, `config_sha256`, and
/// `report` (as report.json) or `error`. Returns how many points failed.
int run_sweep(const std::vector<SweepPoint>& points, const RunFunction& run, Journal& journal,
              const SweepOptions& options);

/// The line of one point.
[[nodiscard]] std::string point_json(const SweepPoint& point, const PointOutcome& outcome);

}  // namespace mimosa
