// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/run.hpp"
#include "sim/sweep/expansion.hpp"
#include "sim/sweep/shard.hpp"
#include "sim/sweep/store.hpp"

namespace mimosa {

using RunFunction = std::function<std::vector<RunResult>(const Experiment&, const RunRequest&)>;

/// Points that are left to do, and how many of the others failed.
struct SweepTodo {
  std::vector<std::size_t> points;
  std::size_t failed = 0, total = 0;
};
/// Of a shard: its part of the points. `force`: all; `retry_failed`: those that failed, too.
[[nodiscard]] SweepTodo todo_of(const Expansion& expansion, const StoreContents& contents,
                                const std::optional<Shard>& shard, bool force, bool retry_failed);

/// What became of one point, and its line in the journal.
struct PointDone {
  std::size_t point = 0;
  bool ok = false;
  std::string line;
};

struct SweepOptions {
  int jobs = 1;
  /// Asked between points and ten times a second: true ends the sweep, points at work are dropped.
  std::function<bool()> stop = {};
  /// Called after a point is in the journal.
  std::function<void(const PointDone&)> done = {};
  /// Called ten times a second with the number of points at work.
  std::function<void(std::size_t)> tick = {};
};

/// Runs these points of the expansion on `jobs` processes, each of which runs one point after the other
/// (PointQueue says which) and keeps what `run` keeps, and appends one line each to the store as they end.
/// What a point throws is recorded and does not stop the rest; a point whose process somebody kills is
/// started again, at most twice. Returns how many failed. No result depends on `jobs` or on what ran before.
std::size_t run_points(Expansion& expansion, const std::vector<std::size_t>& points, const RunFunction& run,
                       Store& store, const SweepOptions& options);

/// The line of a point, made in the process that runs it.
[[nodiscard]] std::string run_point(Expansion& expansion, std::size_t point, const RunFunction& run,
                                    int threads);

}  // namespace mimosa
