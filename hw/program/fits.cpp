// SPDX-License-Identifier: Apache-2.0
#include "hw/program/fits.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "hw/program/geometry.hpp"
#include "hw/program/verify.hpp"
#include "hw/program/waiting.hpp"
#include "models/base/error.hpp"

namespace mimosa {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw UserError("program: " + what);
}

std::string number(long long value) {
  return std::to_string(value);
}

void check_stages(const Program& p, const Program& held) {
  if (p.stages.size() != held.stages.size() || p.replicas.size() != held.replicas.size() ||
      p.work.size() != held.work.size())
    refuse(number(static_cast<long long>(p.stages.size())) + " stages, " +
           number(static_cast<long long>(held.stages.size())) + " are in the arrays (network " +
           held.network + ")");
  for (std::size_t s = 0; s < p.stages.size(); ++s) {
    const std::string stage = "stage " + p.stages[s].name;
    if (!(p.stages[s] == held.stages[s]))
      refuse(stage + " is not what the arrays hold; compile it for this chip");
    if (p.replicas[s] != held.replicas[s])
      refuse(stage + " has " + number(p.replicas[s]) + " replicas, " + number(held.replicas[s]) +
             " are in the arrays");
    if (!(p.work[s] == held.work[s]))
      refuse(stage + " works " + number(p.work[s].cycles) + " cycles in a vector unit of another chip, " +
             number(held.work[s].cycles) + " in this one");
  }
}

bool is_of_kind(Opcode op, TaskKind kind) {
  switch (op) {
    case Opcode::Load:
      return kind == TaskKind::HostIn;
    case Opcode::Store:
      return kind == TaskKind::HostOut;
    case Opcode::Mvm:
      return kind == TaskKind::Array;
    case Opcode::Vec:
      return kind == TaskKind::Sum || kind == TaskKind::Vector;
    default:
      return true;
  }
}

/// Tasks one by one; `task_name` is safe only after the first two tests.
class TaskCheck {
 public:
  TaskCheck(const Program& program, const ChipSpec& chip) : program_(program), chip_(chip) {}

  void all() {
    for (std::size_t t = 0; t < program_.tasks.size(); ++t) {
      place(program_.tasks[t], "task " + std::to_string(t));
      code(program_.tasks[t], task_name(program_, static_cast<int>(t)));
    }
    for (const auto& [tile, arrays] : arrays_)
      if (arrays > chip_.arrays_per_tile())
        refuse("tile " + number(tile) + " is given " + number(arrays) + " arrays, " +
               number(arrays - chip_.arrays_per_tile()) + " more than it has");
    std::size_t expected = 2;
    for (std::size_t s = 0; s < program_.stages.size(); ++s)
      expected += static_cast<std::size_t>(program_.replicas[s]) * (1 + term_count_of(s));
    if (seen_.size() != expected)
      refuse(std::to_string(seen_.size()) + " tasks, " + std::to_string(expected) +
             " are needed for its stages and the host");
  }

 private:
  [[nodiscard]] std::size_t term_count_of(std::size_t stage) const {
    return static_cast<std::size_t>(term_count(program_.stages[stage]));
  }

  void place(const Task& task, const std::string& who) {
    if (task.tile < 0 || task.tile >= chip_.tiles())
      refuse(who + " is on tile " + number(task.tile) + ", the chip has " + number(chip_.tiles()));
    if (on_chip(task.kind))
      part_of_stage(task, who);
    else if (task.stage != -1)
      refuse(who + " is the host's and of stage " + number(task.stage));
    const int host = on_chip(task.kind) ? 0 : static_cast<int>(task.kind) + 1;
    if (!seen_.emplace(host, task.stage, host == 0 ? task.replica : 0, host == 0 ? task.block : 0).second)
      refuse(who + " does what another one does");
    if (task.kind == TaskKind::Array) ++arrays_[task.tile];
  }

  void part_of_stage(const Task& task, const std::string& who) const {
    if (task.stage < 0 || static_cast<std::size_t>(task.stage) >= program_.stages.size())
      refuse(who + " is of stage " + number(task.stage) + ", which does not exist");
    const auto s = static_cast<std::size_t>(task.stage);
    const int blocks = static_cast<int>(program_.stages[s].blocks.size());
    const bool array = task.kind == TaskKind::Array, sum = task.kind == TaskKind::Sum;
    const int first = array ? 0 : sum ? blocks : -1;
    const int last = array ? blocks - 1 : sum ? term_count(program_.stages[s]) - 1 : -1;
    if (task.replica < 0 || task.replica >= program_.replicas[s] || task.block < first || task.block > last)
      refuse(who + " is no part of stage " + program_.stages[s].name);
  }

  static void code(const Task& task, const std::string& who) {
    bool waits = task.kind == TaskKind::HostIn;
    for (const Instruction& i : task.code) {
      if (!is_of_kind(i.op, task.kind)) refuse(who + " cannot execute " + to_string(i.op));
      if (i.count < 0) refuse(who + ": " + to_string(i.op) + " of " + number(i.count));
      waits = waits || i.op == Opcode::Recv;
    }
    if (!waits) refuse(who + " waits for nothing, so it would never rest");
  }

  const Program& program_;
  const ChipSpec& chip_;
  std::set<std::tuple<int, int, int, int>> seen_;
  std::map<int, int> arrays_;  ///< by tile
};

void check_channels(const Program& p, const ChipSpec& chip) {
  const auto is_task = [&](int t) { return t >= 0 && static_cast<std::size_t>(t) < p.tasks.size(); };
  for (std::size_t c = 0; c < p.channels.size(); ++c) {
    const Channel& channel = p.channels[c];
    const std::string name = "channel " + std::to_string(c);
    if (!is_task(channel.from) || !is_task(channel.to) ||
        !std::all_of(channel.also.begin(), channel.also.end(), is_task))
      refuse(name + " names a task that does not exist");
    if (channel.capacity < 1 || channel.row_bytes < 0 || channel.row_bytes > chip.buffer.bytes)
      refuse(name + " has " + number(channel.capacity) + " places of " + number(channel.row_bytes) +
             " B, a buffer has " + number(chip.buffer.bytes) + " B");
  }
  const std::vector<long long> bytes = buffer_bytes(p, chip.tiles());
  for (std::size_t t = 0; t < bytes.size(); ++t)
    if (bytes[t] > chip.buffer.bytes)
      refuse("tile " + std::to_string(t) + " needs " + number(bytes[t]) + " B of buffer, " +
             number(bytes[t] - chip.buffer.bytes) + " B more than it has");
}

}  // namespace

void check_program(const Program& program, const Program& held, const ChipSpec& chip) {
  check_stages(program, held);
  TaskCheck(program, chip).all();
  check_channels(program, chip);
  if (const std::optional<Stall> stall = find_stall(program)) refuse("it cannot run: " + stall->text);
}

}  // namespace mimosa
