// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/schedule.hpp"

#include <algorithm>

#include "hw/program/text.hpp"
#include "hw/program/verify.hpp"
#include "hw/program/waiting.hpp"
#include "models/base/error.hpp"
#include "sim/compiler/emit.hpp"

namespace mimosa {
namespace {

/// Rows a sender may run ahead of a reader's window at least. It may always bring the whole of the reader's
/// next burst meanwhile: a sender that serves several readers in turn must not wait for one of them.
constexpr int run_ahead = 2;
/// A value that waits for another one: several windows long.
constexpr int operand_windows = 4;

/// The channel that takes most of a tile's buffer, in words.
std::string largest_channel(const Program& program, std::size_t tile) {
  const Channel* largest = nullptr;
  const auto bytes = [](const Channel& c) { return static_cast<long long>(c.capacity) * c.row_bytes; };
  for (const Channel& c : program.channels) {
    const Task& to = program.tasks[static_cast<std::size_t>(c.to)];
    if (on_chip(to.kind) && static_cast<std::size_t>(to.tile) == tile &&
        (largest == nullptr || bytes(c) > bytes(*largest)))
      largest = &c;
  }
  return std::to_string(bytes(*largest)) + " B of them for " + std::to_string(largest->capacity) +
         (largest->capacity == 1 ? " row of " : " rows of ") +
         (largest->node.empty() ? "partial sums" : largest->node) + " to the " +
         task_name(program, largest->to);
}

std::string overflow(const Program& program, const ChipSpec& chip) {
  const std::vector<long long> bytes = buffer_bytes(program, chip.tiles());
  for (std::size_t t = 0; t < bytes.size(); ++t)
    if (bytes[t] > chip.buffer.bytes)
      return "chip.buffer.bytes: tile " + std::to_string(t) + " needs " + std::to_string(bytes[t]) + " B, " +
             std::to_string(bytes[t] - chip.buffer.bytes) + " B more than its " +
             std::to_string(chip.buffer.bytes) + " B (" + largest_channel(program, t) + "); raise it";
  return {};
}

/// Gives back what is for running ahead, channel by channel, in tiles that overflow.
void trim(Program& program, const std::vector<Flow>& flows, RunAhead ahead, const ChipSpec& chip) {
  std::vector<long long> bytes = buffer_bytes(program, chip.tiles());
  for (std::size_t c = 0; c < program.channels.size(); ++c) {
    Channel& channel = program.channels[c];
    const Task& to = program.tasks[static_cast<std::size_t>(channel.to)];
    long long& of_tile = bytes[static_cast<std::size_t>(to.tile)];
    if (to.kind == TaskKind::HostOut || of_tile <= chip.buffer.bytes) continue;
    const int fewer = std::min(channel.capacity, places(flows[c], ahead));
    of_tile -= static_cast<long long>(channel.capacity - fewer) * channel.row_bytes;
    channel.capacity = fewer;
  }
}

}  // namespace

int places(const Flow& flow, RunAhead ahead) {
  const Hold& hold = flow.hold;
  if (ahead == RunAhead::None) return hold.window;
  const bool is_sum = flow.channel.node.empty();
  if (ahead == RunAhead::Little || (ahead == RunAhead::LittleForSums && is_sum))
    return (flow.waits ? 2 : 1) * (hold.window + 1);
  return (flow.waits ? operand_windows : 1) * (hold.window + std::max(run_ahead, hold.burst));
}

Schedule schedule(const Mapping& m, const Placement& placement) {
  const std::vector<Task> tasks = placed_tasks(m, placement);
  const std::vector<Flow> flows = list_shared_flows(m, tasks);
  Schedule plan;
  for (const Flow& flow : flows) {
    plan.channels.push_back(flow.channel);
    plan.channels.back().capacity = places(flow, RunAhead::Wanted);
  }
  Program program = emit(m, placement, plan);
  for (const RunAhead ahead : {RunAhead::LittleForSums, RunAhead::Little, RunAhead::None})
    trim(program, flows, ahead, m.chip);
  // A channel that a stalled task waits to send into is too short for the detour its rows take: lengthen it.
  const auto lengthen = [&](const std::vector<int>& full) {
    bool longer = false;
    for (const int c : full) {
      Channel& channel = program.channels[static_cast<std::size_t>(c)];
      if (channel.capacity >= 2 * channel.rows + run_ahead) continue;
      ++channel.capacity;
      longer = true;
    }
    return longer;
  };
  if (const std::optional<Stall> stall = find_stall(program, 3, lengthen))
    throw UserError("schedule: the program cannot run: " + stall->text);
  return {program.channels, overflow(program, m.chip)};
}

std::string to_text(const Schedule& s) {
  std::string text;
  for (const Channel& c : s.channels) append_channel(text, c);
  return text;
}

Schedule schedule_from_text(const std::string& text) {
  Schedule s;
  for (const Record& record : parse_records(text)) {
    if (record.kind() != "channel") refuse_record(record, "channel");
    s.channels.push_back(read_channel(record));
  }
  return s;
}

}  // namespace mimosa
