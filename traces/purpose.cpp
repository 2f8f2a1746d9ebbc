// SPDX-License-Identifier: Apache-2.0
#include "traces/purpose.hpp"

#include <fmt/format.h>

namespace mimosa {

std::string purpose(const Program& program, const Task& task) {
  if (task.kind == TaskKind::HostIn) return "inputs from the host";
  if (task.kind == TaskKind::HostOut) return "results to the host";
  std::string text = program.stages[static_cast<std::size_t>(task.stage)].name;
  if (program.replicas[static_cast<std::size_t>(task.stage)] > 1)
    text += fmt::format(", replica {}", task.replica);
  if (task.block >= 0) text += fmt::format(", block {}", task.block);
  return text;
}

std::string purpose(const Program& program, const Channel& channel) {
  const auto stage = [&](int task) {
    const int s = program.tasks[static_cast<std::size_t>(task)].stage;
    return s < 0 ? std::string("host") : program.stages[static_cast<std::size_t>(s)].name;
  };
  return channel.node.empty() ? fmt::format("sums of {}, block {}", stage(channel.from), channel.block)
                              : fmt::format("{} to {}", channel.node, stage(channel.to));
}

}  // namespace mimosa
