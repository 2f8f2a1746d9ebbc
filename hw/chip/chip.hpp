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
  bool wait_for_more = false;    ///< the chip rests after its passes until `admit`, instead of ending
};

/// Steady state of a series of completion cycles: the intervals repeat with a period of at most 4, often
/// enough.
struct SteadyState {
  bool steady = false;
  double cycles_per_pass =
      0.0;  ///< mean over the period; over the later half of the intervals when not steady
};
[[nodiscard]] SteadyState steady_state(const std::vector<std::int64_t>& finish_cycles);

/// The chip: a mesh of tiles that runs a program. Build it inside a ScopedKernel and call `run` once, or let
/// a host load programs and admit passes while time passes (HostPort).
class Chip : public sc_core::sc_module, public PassGate {
 public:
  /// UserError where the kernel's time resolution does not hold the clock's cycle.
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

  // For a host, from its processes. The program may change between `unload` and `load`.
  /// Ends all tasks, once no packet is under way and none of them works.
  void unload();
  /// Makes the tasks of the program, as it is now; passes are counted anew.
  void load(PassData* data);
  /// Lets more passes in, from the next clock edge on.
  void admit(int passes);
  /// Cycle of the next clock edge, now included.
  [[nodiscard]] std::int64_t next_edge() const;
  /// Called when a pass has left.
  std::function<void(int pass)> on_finish;
  /// Ends all tasks of a simulation that goes no further, so that the kernel can be left.
  void stop() { end_tasks(); }

  [[nodiscard]] bool may_start(int pass) override;
  void finished(int pass) override;

 private:
  void simulate(const std::function<void()>& between);
  void make_channels();
  [[nodiscard]] std::vector<std::vector<const Task*>> tasks_by_tile() const;
  void list_runners();
  void tell_tasks_to_end();
  void end_tasks();
  [[nodiscard]] bool rests() const;
  const Program& program_;
  PassLimits limits_;
  std::vector<ChannelState> channels_;
  std::vector<TaskRunner*> runner_of_task_;
  Mesh mesh_;
  ChipParts parts_;
  std::vector<std::unique_ptr<Tile>> tiles_;
  std::vector<std::int64_t> finish_cycles_;
  SteadyState steady_;
  int started_ = 0;
  sc_core::sc_event admitted_{"admitted"};
};

}  // namespace mimosa
