// SPDX-License-Identifier: Apache-2.0
#include "traces/vcd_probes.hpp"

#include "traces/energy_pj.hpp"

namespace mimosa {

void TaskProbe::begins(const Instruction& instruction, int pass, std::int64_t now) {
  out_.file.advance(now);
  if (kind_ == SignalKind::State) out_.set(static_cast<int>(instruction.op) + 1, now);
  if (kind_ == SignalKind::Pass) out_.set(pass, now);
  if (kind_ == SignalKind::Iteration && instruction.iteration >= 0) out_.set(instruction.iteration, now);
}

void TaskProbe::ends(const Instruction& instruction, int pass, std::int64_t now) {
  out_.file.advance(now);
  if (kind_ == SignalKind::State) out_.set(0, now);
  if (kind_ == SignalKind::ChipPasses && &instruction == &task_.code.back()) out_.set(pass + 1, now);
  if (kind_ != SignalKind::Energy && kind_ != SignalKind::ChipEnergy) return;
  sum_ += executed(program_, task_, instruction, chip_);
  out_.set(energy_pj(sum_, chip_), now);
}

void TaskProbe::works(Unit, std::int64_t from, std::int64_t cycles) {
  for (const ConverterSpan& span : spans_) {
    out_.set(1, from + span.from);
    out_.set(0, from + span.to);
  }
  if (kind_ != SignalKind::Busy && kind_ != SignalKind::UnitBusy) return;
  out_.set(1, from);
  out_.set(0, from + cycles);
}

ChannelProbe::ChannelProbe(VcdOutput out, const Signal& signal, const Channel& channel)
    : out_(out), kind_(signal.kind) {
  if (kind_ == SignalKind::Ready) out_.set(channel.capacity, 0);
}

void ChannelProbe::queued(int rows, std::int64_t now) {
  out_.file.advance(now);
  if (kind_ != SignalKind::Ready) out_.add(rows, now);
}

void ChannelProbe::freed(int places, std::int64_t at) {
  if (kind_ == SignalKind::Ready) out_.add(places, at);
}

void LinkProbe::carries(const Packet&, std::int64_t now, std::int64_t cycles) {
  out_.file.advance(now);
  out_.set(1, now);
  out_.set(0, now + cycles);
}

}  // namespace mimosa
