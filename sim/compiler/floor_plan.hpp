// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// What one array of a tile holds.
struct PlannedArray {
  int stage = 0, replica = 0, block = 0;
  double used = 0.0;  ///< share of its cells that hold a weight
};

struct PlannedTile {
  std::vector<PlannedArray> arrays;
  std::vector<int> vector_stages;  ///< stages whose vector work is done here
  bool host = false;               ///< inputs come in or results leave here
};

/// Traffic from a router to its neighbour, each named by its first tile; rows and the messages that give
/// their places back.
struct PlannedLink {
  int from = 0, to = 0;
  std::int64_t flits = 0;  ///< per pass
};

struct PlannedStage {
  std::string name;
  int arrays = 0, replicas = 1;
  double used = 0.0;  ///< share of the cells of its arrays
};

/// Where a program sits on a chip, and what its packets load the links with.
struct FloorPlan {
  std::string network, chip;
  int rows = 0, cols = 0, arrays_per_tile = 1;  ///< in tiles: those of a router stand side by side
  std::vector<PlannedStage> stages;
  std::vector<PlannedTile> tiles;  ///< all places of the mesh
  std::vector<PlannedLink> links;  ///< those that are used, the busiest first
  std::int64_t cycles = 1;         ///< the busiest task's per pass: no pass takes less
};

[[nodiscard]] FloorPlan floor_plan(const Program& program, const ChipSpec& chip);

}  // namespace mimosa
