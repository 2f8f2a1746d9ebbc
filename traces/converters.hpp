// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/mvm_timing.hpp"

namespace mimosa {

/// Cycles of an `mvm` instruction of an array task in which its converters work.
[[nodiscard]] inline std::vector<ConverterSpan> converter_spans(const Program& program, const Task& task,
                                                                const ChipSpec& chip) {
  const Stage& stage = program.stages[static_cast<std::size_t>(task.stage)];
  return converter_spans(chip, stage.blocks[static_cast<std::size_t>(task.block)].cols, stage.mvms);
}

}  // namespace mimosa
