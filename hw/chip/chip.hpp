// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "hw/noc/mesh.hpp"
#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "hw/tile/tile.hpp"

namespace mimosa {

/// How often and until when passes enter the chip.
struct PassLimits {
  int passes = 64;               ///< at most
  bool stop_when_steady = true;  ///< no new pass once the interval between results repeats
};

/// Steady state of a series of completion cycles: the intervals repeat with a period of at most 4, often
/// enough.
struct SteadyState {
  bool steady = false;
  double cycles_per_pass =
      0.0;  ///< mean over the period; over the later half of the intervals when not steady
};
[[nodiscard]] SteadyState steady_state(const std::vector<std::int64_t>& finish_cycles);

/// The chip: a mesh of tiles that runs a program. Build it inside a ScopedKernel, call `run` once.
class Chip : public sc_core::sc_module, public PassGate {
 public:
  Chip(const sc_core::sc_module_name& name, const Program& program, const ChipSpec& spec,
       const PassLimits& limits, PassData* data);

  /// Runs until every pass that entered has left. If tasks wait for ever, reports an error that names who
  /// waits for what on whom. `between` is called every few thousand cycles; the run ends with what it throws.
  void run(const std::function<void()>& between = {});
  [[nodiscard]] int passes() const { return static_cast<int>(finish_cycles_.size()); }
  /// Cycle at which each pass's last result row was stored.
  [[nodiscard]] const std::vector<std::int64_t>& finish_cycles() const { return finish_cycles_; }
  /// The first one reached, or the mean of the later half.
  [[nodiscard]] const SteadyState& steady() const { return steady_; }
  [[nodiscard]] Counts counts() const;
  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const ChipSpec& spec() const { return parts_.spec; }
  [[nodiscard]] sc_core::sc_time cycle() const { return parts_.cycle; }
  /// Cycles that have passed.
  [[nodiscard]] std::int64_t now() const { return parts_.now(); }
  /// Have somebody hear what happens, before `run`; observers outlive it. Tasks and channels by their index
  /// in the program.
  void observe_task(std::size_t task, TaskObserver& observer);
  void observe_channel(std::size_t channel, ChannelObserver& observer);
  void observe_link(int tile, MeshPort link, LinkObserver& observer);
  /// Controllers of all tasks, tile by tile.
  [[nodiscard]] std::vector<const TaskRunner*> runners() const;
  /// Instructions executed and mesh events: what the simulator had to do.
  [[nodiscard]] std::int64_t events() const;
  /// Busiest task and the share of time it worked, as text.
  [[nodiscard]] std::string bottleneck() const;

  [[nodiscard]] bool may_start(int pass) override;
  void finished(int pass) override;

 private:
  void simulate(const std::function<void()>& between);
  void end_tasks();
  const Program& program_;
  const PassLimits limits_;
  std::vector<ChannelState> channels_;
  std::vector<TaskRunner*> runner_of_task_;
  Mesh mesh_;
  ChipParts parts_;
  std::vector<std::unique_ptr<Tile>> tiles_;
  std::vector<std::int64_t> finish_cycles_;
  SteadyState steady_;
  int started_ = 0;
};

}  // namespace mimosa
