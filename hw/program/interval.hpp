// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// Cycles the busiest task needs for one pass: what the steady state would be if nothing waited for packets.
[[nodiscard]] std::int64_t busiest_task_cycles(const Program& program, const ChipSpec& chip);

}  // namespace mimosa
