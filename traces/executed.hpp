// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/program/counts.hpp"

namespace mimosa {

/// Every event of an executed instruction: what the chip counts in two places, here at once, so that what a
/// trace adds up is what the report adds up.
[[nodiscard]] Counts executed(const Program& program, const Task& task, const Instruction& instruction,
                              const ChipSpec& chip);

/// Picojoules of these events, components together.
[[nodiscard]] double energy_pj(const Counts& counts, const ChipSpec& chip);

}  // namespace mimosa
