// SPDX-License-Identifier: Apache-2.0
#include "traces/timeline_rows.hpp"

#include <fmt/format.h>
#include <map>
#include <set>

#include "traces/purpose.hpp"

namespace mimosa {
namespace {

// Rows of a tile, from the top: its vector unit, its arrays, each with its converters, its tasks.
constexpr int vector_unit_row = 1, first_array_row = 10, rows_of_array = 2, first_task_row = 200'000;

bool on_host(const Task& task) {
  return task.kind == TaskKind::HostIn || task.kind == TaskKind::HostOut;
}

std::string array_name(int row, const ChipSpec& chip) {
  const int array = (row - first_array_row) / rows_of_array, per_dpe = chip.tile.arrays_per_dpe;
  return per_dpe == 1 ? fmt::format("DPE {}", array)
                      : fmt::format("DPE {}, array {}", array / per_dpe, array % per_dpe);
}

}  // namespace

std::vector<TaskTracks> tracks_of(const Program& program) {
  std::vector<TaskTracks> tracks;
  std::map<int, int> tasks, arrays;  // of a tile so far
  int of_host = 0;
  for (const Task& task : program.tasks) {
    const int process = tile_process(task.tile);
    if (on_host(task)) {
      const Track row{chip_process, first_task_row + of_host++};
      tracks.push_back({row, row});
    } else {
      const bool array = task.kind == TaskKind::Array;
      const int unit = array ? first_array_row + rows_of_array * arrays[task.tile]++ : vector_unit_row;
      tracks.push_back(
          {{process, first_task_row + tasks[task.tile]++}, {process, unit}, {process, unit + 1}});
    }
  }
  return tracks;
}

void name_tracks(TimelineFile& file, const Program& program, const ChipSpec& chip) {
  file.name_process(chip_process, "chip");
  file.name_process(mesh_process(chip), "mesh");
  std::set<Track> named;
  std::set<int> tiles;
  const std::vector<TaskTracks> tracks = tracks_of(program);
  for (std::size_t t = 0; t < tracks.size(); ++t) {
    const Task& task = program.tasks[t];
    const TaskTracks& at = tracks[t];
    if (!on_host(task) && tiles.insert(task.tile).second)
      file.name_process(at.task.process, fmt::format("tile {}", task.tile));
    file.name_thread(at.task, purpose(program, task));
    if (on_host(task) || !named.insert(at.unit).second) continue;
    if (task.kind != TaskKind::Array) {
      file.name_thread(at.unit, "vector unit");
      continue;
    }
    const std::string name = array_name(at.unit.thread, chip);
    file.name_thread(at.unit, name);
    file.name_thread(at.converters, name + ", converters");
  }
}

}  // namespace mimosa
