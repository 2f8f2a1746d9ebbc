// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "hw/chip/chip.hpp"
#include "traces/options.hpp"
#include "traces/pass_flows.hpp"
#include "traces/timeline_file.hpp"

namespace mimosa {

/// A timeline of a chip: a row for every task (what it waits for), DPE, vector unit and link that is used;
/// curves of energy and of the rows in every channel; arrows that lead a pass through. Make it after the chip
/// and before it runs; the chip does not run after it has gone. The file is closed with the object, on an
/// exception too.
class Timeline {
 public:
  Timeline(Chip& chip, const TraceOptions& options);
  ~Timeline();
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  /// Ends the timeline after cycle `end`. UserError where it could not be written whole.
  void close(std::int64_t end);

 private:
  class TaskRow;
  class ChannelCurve;
  class LinkRow;
  [[nodiscard]] bool in_window(std::int64_t cycle) const;
  void watch(Chip& chip);
  /// Adds the events of an executed instruction to the curves of energy.
  void spend(const Task& task, const Instruction& instruction, std::int64_t now);
  void write_energy(std::int64_t cycle);
  void finish(std::int64_t end);

  const Program& program_;
  const ChipSpec& chip_;
  TimelineFile file_;
  PassFlows flows_;
  Counts counts_;
  std::int64_t now_ = 0, energy_due_ = 0;
  bool energy_left_window_ = false, finished_ = false;
  std::vector<std::unique_ptr<TaskRow>> tasks_;
  std::vector<std::unique_ptr<ChannelCurve>> channels_;
  std::vector<std::unique_ptr<LinkRow>> links_;
};

}  // namespace mimosa
