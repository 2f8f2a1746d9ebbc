// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "traces/timeline_file.hpp"

namespace mimosa {

// Processes of a timeline: the chip with its host, every tile, the mesh.
constexpr int chip_process = 1;
[[nodiscard]] inline int tile_process(int tile) {
  return 2 + tile;
}
[[nodiscard]] inline int mesh_process(const ChipSpec& chip) {
  return 2 + chip.tiles();
}

/// Where a task's own row, that of what works for it, and for an array task that of its converters are.
struct TaskTracks {
  Track task, unit, converters = {};
};
/// One per task of the program.
[[nodiscard]] std::vector<TaskTracks> tracks_of(const Program& program);

/// Names every process and row that the program uses, links apart.
void name_tracks(TimelineFile& file, const Program& program, const ChipSpec& chip);

}  // namespace mimosa
