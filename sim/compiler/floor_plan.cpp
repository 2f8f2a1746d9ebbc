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

/// The router after `at` on the way to `to`: along the row first.
int next_router(int at, int to, int cols) {
  const int dx = to % cols - at % cols;
  if (dx != 0) return at + (dx > 0 ? 1 : -1);
  return at + (to > at ? cols : -cols);
}

/// Messages that give places of each channel back in a pass.
std::vector<std::int64_t> credit_messages(const Program& program) {
  std::vector<std::int64_t> messages(program.channels.size(), 0);
  for (const Task& task : program.tasks)
    for (const Instruction& i : task.code)
      if (i.op == Opcode::Sync && i.reader == 0) ++messages[static_cast<std::size_t>(i.channel)];
  return messages;
}

std::vector<PlannedLink> traffic(const Program& program, const ChipSpec& chip) {
  std::map<std::pair<int, int>, std::int64_t> flits;
  const int tiles_per_router = chip.mesh.concentration;
  const auto router_of = [&](int task) {
    return program.tasks[static_cast<std::size_t>(task)].tile / tiles_per_router;
  };
  const auto carry = [&](int from, int to, std::int64_t count) {
    for (int at = from; at != to;) {
      const int next = next_router(at, to, chip.mesh.cols);
      flits[{at, next}] += count;
      at = next;
    }
  };
  const std::vector<std::int64_t> credits = credit_messages(program);
  for (std::size_t c = 0; c < program.channels.size(); ++c) {
    const Channel& channel = program.channels[c];
    const int from = router_of(channel.from), to = router_of(channel.to);
    carry(from, to, channel.rows * flits_of(channel.row_bytes, chip.noc));
    carry(to, from, credits[c] * flits_of(credit_bytes, chip.noc));
  }
  std::vector<PlannedLink> links;
  for (const auto& [ends, count] : flits)
    links.push_back({ends.first * tiles_per_router, ends.second * tiles_per_router, count});
  std::stable_sort(links.begin(), links.end(),
                   [](const PlannedLink& a, const PlannedLink& b) { return a.flits > b.flits; });
  return links;
}

}  // namespace

FloorPlan floor_plan(const Program& program, const ChipSpec& chip) {
  FloorPlan plan{.network = program.network,
                 .chip = chip.name,
                 .rows = chip.mesh.rows,
                 .cols = chip.mesh.cols * chip.mesh.concentration,
                 .arrays_per_tile = chip.arrays_per_tile(),
                 .stages = {},
                 .tiles = std::vector<PlannedTile>(static_cast<std::size_t>(chip.mesh.routers()) *
                                                   static_cast<std::size_t>(chip.mesh.concentration)),
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
