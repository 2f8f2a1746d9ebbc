// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <systemc>
#include <vector>

#include "hw/noc/mesh.hpp"
#include "hw/program/program.hpp"
#include "hw/program/waiting.hpp"
#include "hw/spec/chip_spec.hpp"
#include "hw/tile/channel_state.hpp"
#include "hw/tile/observers.hpp"
#include "hw/tile/pass_data.hpp"

namespace mimosa {

/// Decides how many passes enter the chip, if need be after a while, and hears of those that leave;
/// implemented by the chip.
class PassGate {
 public:
  virtual ~PassGate() = default;
  [[nodiscard]] virtual bool may_start(int pass) = 0;
  virtual void finished(int pass) = 0;
};

/// What all tasks of a chip share.
struct ChipParts {
  const Program& program;
  const ChipSpec& spec;
  sc_core::sc_time cycle;
  std::vector<ChannelState>& channels;
  Mesh& mesh;
  PassGate& gate;
  PassData* data = nullptr;  ///< null: timing only
  bool stopping = false;     ///< the chip is done: a task that wakes ends
  Counts counts;             ///< of executed instructions, mesh traffic apart

  /// Whole cycles that have passed.
  [[nodiscard]] std::int64_t now() const {
    return static_cast<std::int64_t>(sc_core::sc_time_stamp().value() / cycle.value());
  }
};

/// The vector unit of a tile, shared by its tasks, first come first served.
struct VectorUnit {
  sc_core::sc_time free_at;
};

/// Cycles [begin, end).
struct CycleSpan {
  std::int64_t begin = 0, end = 0;
};

/// Controller of one task: executes its instructions in order, pass after pass. No module, so that it can be
/// made while time passes.
class TaskRunner {
 public:
  TaskRunner(std::string name, const Task& task, ChipParts& parts, VectorUnit& vector_unit);
  TaskRunner(const TaskRunner&) = delete;
  TaskRunner& operator=(const TaskRunner&) = delete;

  /// Whole, as chip.tile_3.array_0.
  [[nodiscard]] const char* name() const { return name_.c_str(); }
  /// Waits for another task or the host.
  [[nodiscard]] bool rests() const { return rests_; }
  [[nodiscard]] sc_core::sc_time busy() const { return busy_; }
  /// The cycles from its first to its last work for the first pass; empty where it did none.
  [[nodiscard]] const CycleSpan& first_pass() const { return first_pass_; }
  [[nodiscard]] int pass() const { return static_cast<int>(pass_); }
  [[nodiscard]] const Task& task() const { return task_; }
  /// What the task waits for, of a chip that stopped.
  [[nodiscard]] Waiting waiting() const;
  /// Has somebody hear what the task does, from now on; it outlives the task.
  void observe(TaskObserver& observer) { observers_.push_back(&observer); }

 private:
  struct Stopped;
  void run();
  void run_passes();
  [[nodiscard]] bool may_start(int pass);
  void execute(const Instruction& instruction);
  void pause(const sc_core::sc_event& event);
  void receive(ChannelState& channel, int reader);
  void send(int channel_index);
  void give_back(int channel_index, int reader, int places) const;
  void work(Unit unit, std::int64_t cycles);
  void tell_works(Unit unit, const sc_core::sc_time& from, std::int64_t cycles);
  void run_mvm(int iteration);
  void run_vec(int iteration);

  const std::string name_;
  const Task& task_;
  ChipParts& parts_;
  VectorUnit& vector_unit_;
  Counts mvm_counts_;            ///< of one `mvm` of an array task
  std::int64_t mvm_cycles_ = 0;  ///< likewise
  sc_core::sc_time busy_;
  CycleSpan first_pass_;
  std::vector<TaskObserver*> observers_;
  std::uint32_t opcode_ = 0, pass_ = 0;
  int channel_ = -1;
  bool rests_ = false;
};

}  // namespace mimosa
