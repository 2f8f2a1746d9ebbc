// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/schedule.hpp"

#include <algorithm>

#include "hw/program/text.hpp"
#include "models/base/error.hpp"
#include "sim/compiler/emit.hpp"
#include "sim/compiler/verify.hpp"

namespace mimosa {
namespace {

/// Rows a sender may run ahead of a reader's window at least. It may always bring the whole of the reader's
/// next burst meanwhile: a sender that serves several readers in turn must not wait for one of them.
constexpr int run_ahead = 2;
/// A value that a vector unit reads beside its own arrays' result waits for that result: several windows
/// long.
constexpr int operand_windows = 4;

std::string overflow(const Program& program, const ChipSpec& chip) {
  const std::vector<long long> bytes = buffer_bytes(program, chip.tiles());
  for (std::size_t t = 0; t < bytes.size(); ++t)
    if (bytes[t] > chip.buffer.bytes)
      return "chip.buffer.bytes: tile " + std::to_string(t) + " needs " + std::to_string(bytes[t]) + " B, " +
             std::to_string(bytes[t] - chip.buffer.bytes) + " B more than its " +
             std::to_string(chip.buffer.bytes) + " B; raise it";
  return {};
}

/// Gives back what was only for running ahead in tiles that overflow.
void trim(Program& program, const std::vector<int>& least, const ChipSpec& chip) {
  const std::vector<long long> bytes = buffer_bytes(program, chip.tiles());
  for (std::size_t c = 0; c < program.channels.size(); ++c) {
    const Task& to = program.tasks[static_cast<std::size_t>(program.channels[c].to)];
    if (to.kind != TaskKind::HostOut && bytes[static_cast<std::size_t>(to.tile)] > chip.buffer.bytes)
      program.channels[c].capacity = least[c];
  }
}

}  // namespace

Schedule schedule(const Mapping& m, const Placement& placement) {
  const std::vector<Task> tasks = placed_tasks(m, placement);
  const std::vector<Flow> flows = list_shared_flows(m, tasks);
  Schedule plan;
  std::vector<int> least;
  for (const Flow& flow : flows) {
    Channel channel = flow.channel;
    const Usage& usage = flow.usage;
    const Task& to = tasks[static_cast<std::size_t>(channel.to)];
    const bool waits = to.kind == TaskKind::Vector && !channel.node.empty();
    least.push_back(usage.window);
    channel.capacity = (waits ? operand_windows : 1) * (usage.window + std::max(run_ahead, usage.burst));
    plan.channels.push_back(channel);
  }
  Program program = emit(m, placement, plan);
  trim(program, least, m.chip);
  // A channel that a stalled task waits to send into is too short for the detour its rows take: lengthen it.
  for (std::optional<Stall> stall; (stall = find_stall(program));) {
    bool longer = false;
    for (const int c : stall->full_channels) {
      Channel& channel = program.channels[static_cast<std::size_t>(c)];
      if (channel.capacity >= 2 * channel.rows + run_ahead) continue;
      ++channel.capacity;
      longer = true;
    }
    if (!longer) throw UserError("schedule: the program cannot run: " + stall->text);
  }
  if (const std::string text = overflow(program, m.chip); !text.empty()) throw UserError(text);
  return {program.channels};
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
