// SPDX-License-Identifier: Apache-2.0
#define SC_INCLUDE_DYNAMIC_PROCESSES  // sc_spawn
#include "hw/tile/task_runner.hpp"

#include <algorithm>
#include <utility>

#include "hw/spec/mvm_timing.hpp"

namespace mimosa {
namespace {

/// Below the tile that is being made; later, below whoever starts the chip, by its whole name.
std::string process_name(const std::string& name) {
  if (!sc_core::sc_is_running()) return name.substr(name.rfind('.') + 1);
  std::string whole = name;
  std::replace(whole.begin(), whole.end(), '.', '_');
  return whole;
}

}  // namespace

TaskRunner::TaskRunner(std::string name, const Task& task, ChipParts& parts, VectorUnit& vector_unit)
    : name_(std::move(name)), task_(task), parts_(parts), vector_unit_(vector_unit) {
  if (!task.code.empty()) sc_core::sc_spawn([this] { run(); }, process_name(name_).c_str());
  if (task.kind != TaskKind::Array) return;
  const Stage& stage = parts.program.stages[static_cast<std::size_t>(task.stage)];
  const MvmTiming time = mvm_timing(parts.spec, stage.blocks[static_cast<std::size_t>(task.block)].cols);
  mvm_counts_ = mvm_counts(parts.program, task.stage, task.block, parts.spec.analog);
  mvm_cycles_ = (stage.mvms - 1) * time.interval_cycles + time.latency_cycles;
}

/// Ends a task's thread from within, so that its stack is unwound before the kernel goes.
struct TaskRunner::Stopped {};

void TaskRunner::run() {
  try {
    run_passes();
  } catch (const Stopped&) {
    return;
  }
}

void TaskRunner::pause(const sc_core::sc_event& event) {
  rests_ = true;
  sc_core::wait(event);
  rests_ = false;
  if (parts_.stopping) throw Stopped{};
}

void TaskRunner::run_passes() {
  const bool first = task_.kind == TaskKind::HostIn, last = task_.kind == TaskKind::HostOut;
  for (int pass = 0;; ++pass) {
    pass_ = static_cast<std::uint32_t>(pass);
    if (first && !may_start(pass)) return;
    if (first && parts_.data != nullptr) parts_.data->begin(pass);
    for (const Instruction& instruction : task_.code) execute(instruction);
    if (!last) continue;
    if (parts_.data != nullptr) parts_.data->finish(pass);
    parts_.gate.finished(pass);
  }
}

bool TaskRunner::may_start(int pass) {
  rests_ = true;
  const bool starts = parts_.gate.may_start(pass);
  rests_ = false;
  return starts;
}

void TaskRunner::execute(const Instruction& i) {
  opcode_ = static_cast<std::uint32_t>(i.op) + 1;
  channel_ = i.channel;
  for (TaskObserver* observer : observers_) observer->begins(i, pass(), parts_.now());
  switch (i.op) {
    case Opcode::Load:
    case Opcode::Store:
      work(Unit::HostLink, (i.count + parts_.spec.io.bytes_per_cycle - 1) / parts_.spec.io.bytes_per_cycle);
      break;
    case Opcode::Recv:
      receive(parts_.channels[static_cast<std::size_t>(i.channel)], i.reader);
      break;
    case Opcode::Mvm:
      run_mvm(i.iteration);
      break;
    case Opcode::Vec:
      run_vec(i.iteration);
      break;
    case Opcode::Send:
      send(i.channel);
      break;
    case Opcode::Sync:
      give_back(i.channel, i.reader, i.count);
      break;
  }
  Counts counts = counts_of(parts_.program, task_, i, parts_.spec);
  counts.flit_hops = 0;  // the mesh counts what it really carries
  parts_.counts += counts;
  for (TaskObserver* observer : observers_) observer->ends(i, pass(), parts_.now());
  opcode_ = 0;
}

void TaskRunner::receive(ChannelState& channel, int reader) {
  int& arrived = channel.arrived[static_cast<std::size_t>(reader)];
  while (arrived == 0) pause(channel.row_arrived);
  const auto queued = [&] { return *std::max_element(channel.arrived.begin(), channel.arrived.end()); };
  const int before = queued();
  --arrived;
  if (queued() == before) return;  // another reader has yet to take the row
  for (ChannelObserver* observer : channel.observers) observer->queued(-1, parts_.now());
}

void TaskRunner::send(int index) {
  ChannelState& state = parts_.channels[static_cast<std::size_t>(index)];
  while (state.credits == 0) pause(state.place_returned);
  --state.credits;
  for (ChannelObserver* observer : state.observers) observer->freed(-1, parts_.now());
  const Channel& channel = parts_.program.channels[static_cast<std::size_t>(index)];
  const int to = parts_.program.tasks[static_cast<std::size_t>(channel.to)].tile;
  int left = channel.row_bytes;
  for (const int bytes : split_packets(channel.row_bytes, parts_.spec.noc)) {
    left -= bytes;
    const Message part{.kind = left == 0 ? Message::Kind::RowEnd : Message::Kind::RowPart, .channel = index};
    parts_.mesh.inject({.src = task_.tile, .dst = to, .bytes = bytes, .tag = part.tag()});
  }
}

/// All readers sync by the same counts in the same order, so the last one's is what becomes free.
void TaskRunner::give_back(int index, int reader, int places) const {
  std::vector<int>& returned = parts_.channels[static_cast<std::size_t>(index)].returned;
  returned[static_cast<std::size_t>(reader)] += places;
  if (*std::min_element(returned.begin(), returned.end()) < places) return;
  for (int& count : returned) count -= places;
  const Channel& channel = parts_.program.channels[static_cast<std::size_t>(index)];
  const int to = parts_.program.tasks[static_cast<std::size_t>(channel.from)].tile;
  const Message credit{.kind = Message::Kind::Credit, .channel = index, .places = places};
  parts_.mesh.inject({.src = task_.tile, .dst = to, .bytes = credit_bytes, .tag = credit.tag()});
}

void TaskRunner::tell_works(Unit unit, const sc_core::sc_time& from, std::int64_t cycles) {
  if (pass_ > 0 && observers_.empty()) return;
  const auto begin = static_cast<std::int64_t>(from.value() / parts_.cycle.value());
  if (pass_ == 0) first_pass_ = {first_pass_.end == 0 ? begin : first_pass_.begin, begin + cycles};
  for (TaskObserver* observer : observers_) observer->works(unit, begin, cycles);
}

void TaskRunner::work(Unit unit, std::int64_t cycles) {
  tell_works(unit, sc_core::sc_time_stamp(), cycles);
  const sc_core::sc_time time = static_cast<double>(cycles) * parts_.cycle;
  busy_ += time;
  sc_core::wait(time);
}

void TaskRunner::run_mvm(int iteration) {
  if (parts_.data != nullptr)
    parts_.data->mvm(static_cast<int>(pass_), task_.stage, task_.replica, task_.block, iteration);
  else
    parts_.counts += mvm_counts_;
  work(Unit::Array, mvm_cycles_);
}

void TaskRunner::run_vec(int iteration) {
  const Stage& stage = parts_.program.stages[static_cast<std::size_t>(task_.stage)];
  const int pass = static_cast<int>(pass_), sum = task_.block - static_cast<int>(stage.blocks.size());
  const bool is_sum = task_.kind == TaskKind::Sum;
  if (parts_.data == nullptr)
    parts_.counts += is_sum ? sum_counts(parts_.program, task_.stage, task_.block)
                            : vec_counts(parts_.program, task_.stage, iteration);
  else if (is_sum)
    parts_.data->sum(pass, task_.stage, task_.replica, sum, iteration);
  else
    parts_.data->vec(pass, task_.stage, task_.replica, iteration);
  const VectorWork& work = vector_work(parts_.program, task_, iteration);
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  const sc_core::sc_time time = static_cast<double>(work.cycles) * parts_.cycle;
  const sc_core::sc_time start = std::max(now, vector_unit_.free_at);
  tell_works(Unit::Vector, start, work.cycles);
  vector_unit_.free_at = start + time;
  busy_ += time;
  sc_core::wait(vector_unit_.free_at - now);
}

Waiting TaskRunner::waiting() const {
  int holder = 0;
  if (channel_ >= 0) {
    const std::vector<int>& returned = parts_.channels[static_cast<std::size_t>(channel_)].returned;
    holder = static_cast<int>(std::min_element(returned.begin(), returned.end()) - returned.begin());
  }
  return {.task = static_cast<int>(&task_ - parts_.program.tasks.data()),
          .op = opcode_ == 0 ? Opcode::Recv : static_cast<Opcode>(opcode_ - 1),
          .channel = channel_,
          .pass = static_cast<int>(pass_),
          .holder = holder};
}

}  // namespace mimosa
