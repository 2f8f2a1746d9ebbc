// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "sim/report/figures.hpp"
#include "sim/report/floor_plan_views.hpp"

namespace mimosa {
namespace {

constexpr int widest_with_use = 16;  // tiles in a row that still show how full they are
constexpr std::size_t links_shown = 5;

/// The stage that most arrays of a tile belong to; that of its vector work where it has none; −1.
int main_stage(const PlannedTile& tile) {
  if (tile.arrays.empty()) return tile.vector_stages.empty() ? -1 : tile.vector_stages.front();
  std::map<int, int> arrays;
  for (const PlannedArray& array : tile.arrays) ++arrays[array.stage];
  return std::max_element(arrays.begin(), arrays.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

std::string tile_text(const PlannedTile& tile, bool with_use) {
  const int stage = main_stage(tile);
  const std::string number = stage < 0 ? "·" : std::to_string(stage);
  const std::string pad(number == "·" ? 3 : 4 - std::min<std::size_t>(4, number.size()), ' ');
  if (!with_use) return pad + number;
  if (tile.arrays.empty()) return pad + number + "    ";
  double used = 0.0;
  for (const PlannedArray& array : tile.arrays) used += array.used / static_cast<double>(tile.arrays.size());
  return fmt::format("{}{}:{:<3.0f}", pad, number, 100.0 * used);
}

std::string grid_text(const FloorPlan& plan) {
  const bool with_use = plan.cols <= widest_with_use;
  std::string text = with_use ? "layer : % of cells used, for every tile\n" : "layer of every tile\n";
  for (int row = 0; row < plan.rows; ++row) {
    std::string line;
    for (int col = 0; col < plan.cols; ++col)
      line += tile_text(plan.tiles[static_cast<std::size_t>(row * plan.cols + col)], with_use);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

std::string layers_text(const FloorPlan& plan) {
  std::size_t width = 5;
  for (const PlannedStage& stage : plan.stages) width = std::max(width, stage.name.size());
  std::string text = fmt::format("{:>4}  {:<{}}  {:>6}  {:>8}  {:>10}\n", "no.", "layer", width, "arrays",
                                 "replicas", "cells used");
  for (std::size_t s = 0; s < plan.stages.size(); ++s) {
    const PlannedStage& stage = plan.stages[s];
    text += fmt::format("{:>4}  {:<{}}  {:>6}  {:>8}  {:>10}\n", s, stage.name, width, stage.arrays,
                        stage.replicas, stage.arrays > 0 ? percent(stage.used, 1) : "none");
  }
  return text;
}

std::string links_text(const FloorPlan& plan) {
  if (plan.links.empty()) return "";
  std::string text =
      fmt::format("busiest links, of {} cycles that a pass takes at least\n", grouped(plan.cycles));
  for (std::size_t l = 0; l < std::min(links_shown, plan.links.size()); ++l) {
    const PlannedLink& link = plan.links[l];
    text += fmt::format("      tile {} to {}: {} flits a pass, {}\n", link.from, link.to, grouped(link.flits),
                        percent(static_cast<double>(link.flits) / static_cast<double>(plan.cycles), 1));
  }
  return text;
}

}  // namespace

PlannedUse use_of(const FloorPlan& plan) {
  PlannedUse use;
  for (const PlannedTile& tile : plan.tiles) {
    use.tiles += tile.arrays.empty() && tile.vector_stages.empty() ? 0 : 1;
    use.arrays += static_cast<int>(tile.arrays.size());
    for (const PlannedArray& array : tile.arrays) use.cells += array.used;
  }
  if (use.arrays > 0) use.cells /= use.arrays;
  return use;
}

std::string floor_plan_text(const FloorPlan& plan) {
  const PlannedUse use = use_of(plan);
  const std::int64_t arrays = static_cast<std::int64_t>(plan.tiles.size()) * plan.arrays_per_tile;
  return fmt::format("{} on {}: {} of {} arrays on {} of {} tiles, {} of their cells used\n\n", plan.network,
                     plan.chip, grouped(std::int64_t{use.arrays}), grouped(arrays), use.tiles,
                     plan.tiles.size(), percent(use.cells, 1)) +
         grid_text(plan) + '\n' + layers_text(plan) + '\n' + links_text(plan);
}

}  // namespace mimosa
