// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <map>
#include <optional>

#include "models/base/error.hpp"
#include "sim/config/effective.hpp"
#include "sim/sweep/queue.hpp"
#include "sim/sweep/record.hpp"
#include "sim/sweep/workers.hpp"

namespace mimosa {
namespace {

constexpr int attempts = 3;
/// In front of what ends the sweep instead of being recorded: no line of a journal begins so.
constexpr char fatal = '!';

PointHeading heading_of(const Expansion& expansion, std::size_t point) {
  return {expansion.address(point), expansion.axes(point), expansion.plan().base.experiment.seed, ""};
}

/// Hands the points out to processes, each time one of the group that the process knows.
class Handout {
 public:
  Handout(Workers& workers, PointQueue queue) : workers_(workers), queue_(std::move(queue)) {}

  /// Has as many processes at work as `jobs`, while points last.
  void fill(int jobs) {
    while (!out_ && workers_.busy() < static_cast<std::size_t>(jobs)) {
      std::optional<int> worker;
      if (!idle_.empty()) worker = idle_.back();
      std::optional<std::size_t> group = worker ? groups_[*worker] : std::nullopt;
      const std::optional<std::size_t> point = queue_.next(group);
      out_ = !point;
      if (out_) return;
      if (worker) idle_.pop_back();
      groups_[workers_.start(*point, worker)] = group;
    }
  }
  void is_idle(int worker) { idle_.push_back(worker); }
  /// The same point for a new process in the place of one that was killed.
  void again(const WorkDone& work) { groups_[workers_.start(work.number)] = groups_[work.worker]; }
  [[nodiscard]] bool is_done() const { return out_ && workers_.busy() == 0; }

 private:
  Workers& workers_;
  PointQueue queue_;
  std::map<int, std::optional<std::size_t>> groups_;  ///< of each worker
  std::vector<int> idle_;
  bool out_ = false;
};

/// Somebody ended the process: that is not the point's doing. Out of memory looks the same, so not for ever.
bool from_outside(int signal) {
  return signal == SIGKILL || signal == SIGTERM || signal == SIGHUP;
}

}  // namespace

SweepTodo todo_of(const Expansion& expansion, const StoreContents& contents,
                  const std::optional<Shard>& shard, bool force, bool retry_failed) {
  SweepTodo todo;
  for (std::size_t i = 0; i < expansion.size(); ++i) {
    if (shard && i % shard->count != shard->index) continue;
    ++todo.total;
    const auto known = contents.points.find(expansion.address(i));
    const bool there = known != contents.points.end() && !force;
    if (there && known->second.ok && known->second.holds_record) continue;
    if (there && !known->second.ok && !retry_failed)
      ++todo.failed;
    else
      todo.points.push_back(i);
  }
  return todo;
}

std::string run_point(Expansion& expansion, std::size_t point, const RunFunction& run, int threads) {
  PointHeading heading = heading_of(expansion, point);
  const auto begun = std::chrono::steady_clock::now();
  const auto wall_s = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  };
  Experiment experiment;
  try {
    experiment = expansion.experiment(point);
  } catch (const std::exception& e) {
    return fatal + std::string(e.what());  // was fine when the sweep began
  }
  std::string line;
  try {
    heading.seed = experiment.seed;
    heading.config_sha256 = config_sha256(experiment);
    if (experiment.threads == 0) experiment.threads = threads;
    const std::vector<RunResult> results = run(experiment, {});
    line = finished_line(heading, results, wall_s(), expansion.plan().spec.record);
  } catch (const std::exception& e) {
    line = failed_line(heading, e.what(), wall_s());
  }
  try {
    expansion.check_inputs();  // after the run, which read them
  } catch (const UserError& e) {
    return fatal + std::string(e.what());
  }
  return line;
}

std::size_t run_points(Expansion& expansion, const std::vector<std::size_t>& points, const RunFunction& run,
                       Store& store, const SweepOptions& options) {
  const int threads = std::max(1, usable_cores() / options.jobs);
  Workers workers([&](std::size_t point) {
    store.leave();
    return run_point(expansion, point, run, threads);
  });
  std::map<std::size_t, int> killed;
  Handout handout(workers, PointQueue(expansion, points));
  std::size_t failed = 0;
  std::string ends;  // what ends the sweep, after what is done is written
  const auto finish = [&](const WorkDone& work) {
    PointDone done{work.number, false, work.answer};
    if (done.line.empty() && from_outside(work.signal) && ++killed[work.number] < attempts) {
      handout.again(work);
      return;
    }
    handout.is_idle(work.worker);
    if (done.line.empty()) {
      const std::string why = work.signal != 0 ? signal_text(work.signal) : "ended without a result";
      done.line = failed_line(heading_of(expansion, work.number), "the process was " + why, work.wall_s);
    }
    if (done.line.front() == fatal) {
      ends = done.line.substr(1);
      return;
    }
    done.ok = summary_of(done.line)->ok;
    failed += done.ok ? 0 : 1;
    store.append(done.line);
    if (options.done) options.done(done);
  };
  while (true) {
    if (options.stop && options.stop()) break;
    handout.fill(options.jobs);
    if (handout.is_done()) break;
    if (options.tick) options.tick(workers.busy());
    for (const WorkDone& work : workers.wait(100)) finish(work);
    if (!ends.empty()) throw UserError(ends);
  }
  return failed;
}

}  // namespace mimosa
