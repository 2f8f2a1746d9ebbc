// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/compiler/floor_plan.hpp"

namespace mimosa {

/// The plan for a terminal: the mesh with the number of each tile's layer and how full its arrays are, the
/// layers behind the numbers, the busiest links.
[[nodiscard]] std::string floor_plan_text(const FloorPlan& plan);

/// The plans as one drawing, below one another, that needs nothing else: tiles with their arrays, each filled
/// as far as its cells are used; layers from dark to light in the order of the network, in colours that do
/// not need colour vision, and numbered; links as wide as their load. Details stand in tooltips.
[[nodiscard]] std::string floor_plan_svg(const std::vector<FloorPlan>& plans);

/// Cells of the arrays in use that hold a weight, and how many arrays that are.
struct PlannedUse {
  int arrays = 0, tiles = 0;
  double cells = 0.0;
};
[[nodiscard]] PlannedUse use_of(const FloorPlan& plan);

}  // namespace mimosa
