// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// Cycles that the busiest task of a stage with `replicas` works in one pass, its arrays or its vector unit.
[[nodiscard]] std::int64_t stage_cycles(const Stage& stage, const VectorWork& work, int replicas,
                                        const ChipSpec& chip);

/// Cycles the busiest task needs for one pass: what the steady state would be if nothing waited for packets.
[[nodiscard]] std::int64_t busiest_task_cycles(const Program& program, const ChipSpec& chip);

}  // namespace mimosa
