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

}  // namespace mimosa
