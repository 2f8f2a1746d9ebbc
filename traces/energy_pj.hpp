// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/program/counts.hpp"

namespace mimosa {

/// Picojoules of these events, components together.
[[nodiscard]] double energy_pj(const Counts& counts, const ChipSpec& chip);

}  // namespace mimosa
