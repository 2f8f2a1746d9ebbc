// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "sim/compiler/floor_plan.hpp"
#include "sim/run/layer_result.hpp"
#include "sim/run/timed_engine.hpp"

namespace mimosa {

/// What every layer and every tile of the plan of a program holds and costs; `activity` is empty without
/// timing.
[[nodiscard]] std::vector<LayerResult> layer_results(const FloorPlan& plan, const Program& program,
                                                     const ChipSpec& chip,
                                                     const std::vector<TaskActivity>& activity);
[[nodiscard]] MeshResult mesh_result(const FloorPlan& plan, const Program& program, const ChipSpec& chip,
                                     const std::vector<TaskActivity>& activity);

}  // namespace mimosa
