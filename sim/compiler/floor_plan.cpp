// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/floor_plan.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "hw/program/counts.hpp"
#include "hw/program/interval.hpp"

namespace mimosa {
namespace {

void plan_task(FloorPlan& plan, const Program& program, const ChipSpec& chip, const Task& task) {
  PlannedTile& tile = plan.tiles[static_cast<std::size_t>(task.tile)];
  if (task.kind == TaskKind::Vector) tile.vector_stages.push_back(task.stage);
  if (task.kind == TaskKind::HostIn || task.kind == TaskKind::HostOut) tile.host = true;
  if (task.kind != TaskKind::Array) return;
  const auto s = static_cast<std::size_t>(task.stage);
  const Block& block = program.stages[s].blocks[static_cast<std::size_t>(task.block)];
  const double used =
      static_cast<double>(block.rows) * block.cols / (static_cast<double>(chip.array.rows) * chip.array.cols);
  tile.arrays.push_back({task.stage, task.replica, task.block, used});
  ++plan.stages[s].arrays;
  plan.stages[s].used += used;  // the sum, until all are there
}

/// The tile after `at` on the way to `to`: along the row first.
int next_tile(int at, int to, int cols) {
  const int dx = to % cols - at % cols;
  if (dx != 0) return at + (dx > 0 ? 1 : -1);
  return at + (to > at ? cols : -cols);
}

std::vector<PlannedLink> traffic(const Program& program, const ChipSpec& chip) {
  std::map<std::pair<int, int>, std::int64_t> flits;
  for (const Channel& channel : program.channels) {
    const int to = program.tasks[static_cast<std::size_t>(channel.to)].tile;
    for (int at = program.tasks[static_cast<std::size_t>(channel.from)].tile; at != to;) {
      const int next = next_tile(at, to, chip.mesh.cols);
      flits[{at, next}] += channel.rows * flits_of(channel.row_bytes, chip.noc);
      at = next;
    }
  }
  std::vector<PlannedLink> links;
  for (const auto& [ends, count] : flits) links.push_back({ends.first, ends.second, count});
  std::stable_sort(links.begin(), links.end(),
                   [](const PlannedLink& a, const PlannedLink& b) { return a.flits > b.flits; });
  return links;
}

}  // namespace

FloorPlan floor_plan(const Program& program, const ChipSpec& chip) {
  FloorPlan plan{.network = program.network,
                 .chip = chip.name,
                 .rows = chip.mesh.rows,
                 .cols = chip.mesh.cols,
                 .arrays_per_tile = chip.arrays_per_tile(),
                 .stages = {},
                 .tiles = std::vector<PlannedTile>(static_cast<std::size_t>(chip.tiles())),
                 .links = traffic(program, chip),
                 .cycles = busiest_task_cycles(program, chip)};
  for (std::size_t s = 0; s < program.stages.size(); ++s)
    plan.stages.push_back({program.stages[s].name, 0, program.replicas[s], 0.0});
  for (const Task& task : program.tasks) plan_task(plan, program, chip, task);
  for (PlannedStage& stage : plan.stages)
    if (stage.arrays > 0) stage.used /= stage.arrays;
  return plan;
}

}  // namespace mimosa
