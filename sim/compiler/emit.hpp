// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/program/program.hpp"
#include "sim/compiler/flow.hpp"
#include "sim/compiler/place.hpp"
#include "sim/compiler/schedule.hpp"

namespace mimosa {

/// Instructions of every task.
[[nodiscard]] Program emit(const Mapping& mapping, const Placement& placement, const Schedule& schedule);

}  // namespace mimosa
