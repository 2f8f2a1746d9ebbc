// SPDX-License-Identifier: Apache-2.0
#include "hw/program/waiting.hpp"

#include <algorithm>
#include <vector>

namespace mimosa {
namespace {

/// The task that one waits for.
int awaited(const Program& program, const Waiting& w) {
  const Channel& channel = program.channels[static_cast<std::size_t>(w.channel)];
  return w.op == Opcode::Send ? channel.reader(static_cast<std::size_t>(w.holder)) : channel.from;
}

std::string sentence(const Program& program, const Waiting& w) {
  const std::string what = w.op == Opcode::Send
                               ? " waits in pass " + std::to_string(w.pass) + " for a place in"
                               : " waits in pass " + std::to_string(w.pass) + " for a row of";
  const std::string& node = program.channels[static_cast<std::size_t>(w.channel)].node;
  return task_name(program, w.task) + what + " channel " + std::to_string(w.channel) + " (" +
         (node.empty() ? "partial sums" : node) + ") on " + task_name(program, awaited(program, w));
}

}  // namespace

std::string task_name(const Program& program, int index) {
  const Task& task = program.tasks[static_cast<std::size_t>(index)];
  if (!on_chip(task.kind)) return to_string(task.kind);
  std::string name = std::string(to_string(task.kind)) + " task of " +
                     program.stages[static_cast<std::size_t>(task.stage)].name + " (replica " +
                     std::to_string(task.replica);
  if (task.block >= 0) name += ", block " + std::to_string(task.block);
  return name + ") on tile " + std::to_string(task.tile);
}

std::string describe_waiting(const Program& program, std::span<const Waiting> waiting) {
  constexpr int nothing = -1;
  std::vector<int> wait_of(program.tasks.size(), nothing), seen_from(program.tasks.size(), nothing);
  for (std::size_t w = 0; w < waiting.size(); ++w)
    wait_of[static_cast<std::size_t>(waiting[w].task)] = static_cast<int>(w);
  std::vector<int> longest;
  for (std::size_t start = 0; start < wait_of.size(); ++start) {  // by task, whatever the order of `waiting`
    // A task waits for one other at a time, so from each there is one way; it ends in a circle or at a task
    // that does not wait.
    std::vector<int> way;
    auto task = static_cast<int>(start);
    while (wait_of[static_cast<std::size_t>(task)] != nothing &&
           seen_from[static_cast<std::size_t>(task)] == nothing) {
      seen_from[static_cast<std::size_t>(task)] = static_cast<int>(start);
      way.push_back(wait_of[static_cast<std::size_t>(task)]);
      task = awaited(program, waiting[static_cast<std::size_t>(way.back())]);
    }
    if (seen_from[static_cast<std::size_t>(task)] == static_cast<int>(start)) {
      std::string text = "a circle of waiting: ";
      const auto first = std::find(way.begin(), way.end(), wait_of[static_cast<std::size_t>(task)]);
      for (auto w = first; w != way.end(); ++w)
        text += (w == first ? "" : ", ") + sentence(program, waiting[static_cast<std::size_t>(*w)]);
      return text;
    }
    if (way.size() > longest.size()) longest = way;
  }
  std::string text;
  for (const int w : longest)
    text += (text.empty() ? "" : ", ") + sentence(program, waiting[static_cast<std::size_t>(w)]);
  return text.empty() ? text : text + ", which does not wait";
}

}  // namespace mimosa
