// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/program/counts.hpp"
#include "traces/converters.hpp"
#include "traces/signals.hpp"
#include "traces/vcd_file.hpp"

namespace mimosa {

/// Where a probe writes.
struct VcdOutput {
  VcdFile& file;
  std::size_t variable;
  void set(double value, std::int64_t at) const { file.set(variable, value, at); }
  void add(double more, std::int64_t at) const { file.add(variable, more, at); }
};

/// Keeps one variable about a task up to date.
class TaskProbe : public TaskObserver {
 public:
  /// `sum`: where events are counted for an energy; probes of a chip's energy share one.
  TaskProbe(VcdOutput out, const Signal& signal, const Program& program, const Task& task,
            const ChipSpec& chip, Counts& sum)
      : out_(out), kind_(signal.kind), program_(program), task_(task), chip_(chip), sum_(sum) {
    if (kind_ == SignalKind::AdcBusy) spans_ = converter_spans(program, task, chip);
  }
  void begins(const Instruction& instruction, int pass, std::int64_t now) override;
  void ends(const Instruction& instruction, int pass, std::int64_t now) override;
  void works(Unit unit, std::int64_t from, std::int64_t cycles) override;

 private:
  const VcdOutput out_;
  const SignalKind kind_;
  const Program& program_;
  const Task& task_;
  const ChipSpec& chip_;
  Counts& sum_;
  std::vector<ConverterSpan> spans_;  ///< of an mvm instruction
};

/// Keeps one variable about a channel up to date.
class ChannelProbe : public ChannelObserver {
 public:
  ChannelProbe(VcdOutput out, const Signal& signal, const Channel& channel);
  void queued(int rows, std::int64_t now) override;
  void freed(int places, std::int64_t at) override;

 private:
  const VcdOutput out_;
  const SignalKind kind_;
};

/// Keeps up to date whether a link is busy.
class LinkProbe : public LinkObserver {
 public:
  explicit LinkProbe(VcdOutput out) : out_(out) {}
  void carries(const Packet& packet, std::int64_t now, std::int64_t cycles) override;

 private:
  const VcdOutput out_;
};

}  // namespace mimosa
