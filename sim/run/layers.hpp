// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "sim/run/layer_result.hpp"
#include "sim/run/timed_engine.hpp"

namespace mimosa {

/// What every layer and every tile holds and costs; `activity` is empty without timing.
[[nodiscard]] std::vector<LayerResult> layer_results(const Program& program, const ChipSpec& chip,
                                                     const std::vector<TaskActivity>& activity);
[[nodiscard]] MeshResult mesh_result(const Program& program, const ChipSpec& chip,
                                     const std::vector<TaskActivity>& activity);

}  // namespace mimosa
