// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/program/program.hpp"
#include "hw/spec/mvm_timing.hpp"

namespace mimosa {

/// Cycles an array is busy for one `mvm` instruction of its task.
[[nodiscard]] inline std::int64_t array_cycles(const Stage& stage, const Task& task, const ChipSpec& chip) {
  const MvmTiming time = mvm_timing(chip, stage.blocks[static_cast<std::size_t>(task.block)].cols);
  return (stage.mvms - 1) * time.interval_cycles + time.latency_cycles;
}

/// Cycles a vector unit is busy for one `vec` instruction of a task.
[[nodiscard]] inline std::int64_t vector_cycles(const Program& program, const Task& task) {
  const Stage& stage = program.stages[static_cast<std::size_t>(task.stage)];
  return task.kind == TaskKind::Sum
             ? stage.sums[static_cast<std::size_t>(task.block) - stage.blocks.size()].work.cycles
             : program.work[static_cast<std::size_t>(task.stage)].cycles;
}

}  // namespace mimosa
