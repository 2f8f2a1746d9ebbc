// SPDX-License-Identifier: Apache-2.0
#include "sim/run/layers.hpp"

#include <algorithm>
#include <set>

#include "hw/program/counts.hpp"
#include "hw/program/interval.hpp"

namespace mimosa {
namespace {

/// The earliest begin and the latest end of those that worked.
template <class Part>
void widen(Part& part, const TaskActivity& task) {
  if (task.first_end == 0) return;
  part.first_begin = std::min(part.first_begin.value_or(task.first_begin), task.first_begin);
  part.first_end = std::max(part.first_end.value_or(task.first_end), task.first_end);
}

}  // namespace

std::vector<LayerResult> layer_results(const FloorPlan& plan, const Program& program, const ChipSpec& chip,
                                       const std::vector<TaskActivity>& activity) {
  std::vector<LayerResult> layers(program.stages.size());
  std::vector<Counts> counts(program.stages.size());
  for (const Task& task : program.tasks)
    if (on_chip(task.kind)) counts[static_cast<std::size_t>(task.stage)] += counts_of(program, task, chip);
  for (std::size_t s = 0; s < layers.size(); ++s) {
    LayerResult& layer = layers[s];
    layer.name = program.stages[s].name;
    layer.arrays = plan.stages[s].arrays;
    layer.replicas = plan.stages[s].replicas;
    layer.cells_used = plan.stages[s].used;
    layer.mvms = counts[s].mvms;
    layer.busy_cycles = stage_cycles(program.stages[s], program.work[s], program.replicas[s], chip);
    if (chip.mvm.activity != ActivityModel::Data) layer.energy_j = energy_j(counts[s], chip);
  }
  for (const TaskActivity& task : activity) widen(layers[static_cast<std::size_t>(task.stage)], task);
  return layers;
}

MeshResult mesh_result(const FloorPlan& plan, const Program& program, const ChipSpec& chip,
                       const std::vector<TaskActivity>& activity) {
  std::vector<Counts> counts(plan.tiles.size());
  std::vector<std::set<int>> stages(plan.tiles.size());
  std::vector<double> busy(plan.tiles.size(), 0.0);
  for (const Task& task : program.tasks) {
    if (!on_chip(task.kind)) continue;
    counts[static_cast<std::size_t>(task.tile)] += counts_of(program, task, chip);
    stages[static_cast<std::size_t>(task.tile)].insert(task.stage);
  }
  for (const TaskActivity& task : activity) {
    double& share = busy[static_cast<std::size_t>(task.tile)];
    share = std::max(share, task.busy);
  }
  MeshResult mesh{.rows = plan.rows, .cols = plan.cols, .tiles = {}};
  for (std::size_t t = 0; t < plan.tiles.size(); ++t) {
    if (stages[t].empty()) continue;
    TileResult tile{.tile = static_cast<int>(t),
                    .layers = {},
                    .busy = {},
                    .energy_j = {},
                    .first_begin = {},
                    .first_end = {}};
    for (const TaskActivity& task : activity)
      if (task.tile == tile.tile) widen(tile, task);
    for (const int stage : stages[t])
      tile.layers.push_back(program.stages[static_cast<std::size_t>(stage)].name);
    for (const PlannedArray& array : plan.tiles[t].arrays)
      tile.cells_used += array.used / plan.arrays_per_tile;
    if (!activity.empty()) tile.busy = busy[t];
    if (chip.mvm.activity != ActivityModel::Data) tile.energy_j = energy_j(counts[t], chip);
    mesh.tiles.push_back(std::move(tile));
  }
  return mesh;
}

}  // namespace mimosa
