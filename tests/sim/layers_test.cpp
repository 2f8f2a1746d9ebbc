// SPDX-License-Identifier: Apache-2.0
#include "sim/run/layers.hpp"

#include <algorithm>
#include <numeric>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "sim/compiler/compile.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

namespace mimosa {

TEST_CASE("layers and tiles share out what a pass costs on the chip", "[sim]") {
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = 16, .cols = 16};
  const Program program = compile(small_mimoconv(2, 2), chip, {}).program;
  TimedOptions options;
  options.passes = 3;
  options.stop_when_steady = false;
  const TimedRun timed = run_timed(program, chip, options);
  const std::vector<LayerResult> layers =
      layer_results(floor_plan(program, chip), program, chip, timed.activity);
  const MeshResult mesh = mesh_result(floor_plan(program, chip), program, chip, timed.activity);

  Counts host;
  for (const Task& task : program.tasks)
    if (!on_chip(task.kind)) host += counts_of(program, task, chip);
  const Counts all = counts_per_pass(program, chip);
  const double on_chip_j = energy_j(all, chip) - energy_j(host, chip);
  double of_layers = 0.0, of_tiles = 0.0;
  std::int64_t mvms = 0;
  int arrays = 0;
  REQUIRE(layers.size() == program.stages.size());
  for (const LayerResult& layer : layers) {
    INFO(layer.name);
    of_layers += layer.energy_j.value();
    mvms += layer.mvms;
    arrays += layer.arrays;
    REQUIRE(layer.first_begin.has_value());
    CHECK(layer.first_begin.value() >= 0);
    // The busiest task alone takes that long, and nothing lasts longer than the pass.
    CHECK(layer.first_end.value() - layer.first_begin.value() >= layer.busy_cycles);
    CHECK(layer.first_end.value() <= timed.timing.latency_cycles);
  }
  std::int64_t earliest = timed.timing.latency_cycles, latest = 0;
  for (const TileResult& tile : mesh.tiles) {
    of_tiles += tile.energy_j.value();
    CHECK(tile.busy.value() >= 0.0);
    CHECK(tile.busy.value() <= 1.0);
    CHECK(tile.cells_used <= 1.0);
    // A tile works while one of its layers does.
    std::int64_t begin = timed.timing.latency_cycles, end = 0;
    for (const LayerResult& layer : layers)
      if (std::find(tile.layers.begin(), tile.layers.end(), layer.name) != tile.layers.end()) {
        begin = std::min(begin, layer.first_begin.value());
        end = std::max(end, layer.first_end.value());
      }
    CHECK(tile.first_begin.value() >= begin);
    CHECK(tile.first_end.value() <= end);
    CHECK(tile.first_begin.value() < tile.first_end.value());
    earliest = std::min(earliest, tile.first_begin.value());
    latest = std::max(latest, tile.first_end.value());
  }
  CHECK(earliest == layers.front().first_begin.value());
  CHECK(latest == std::max_element(layers.begin(), layers.end(), [](auto& a, auto& b) {
                    return a.first_end.value() < b.first_end.value();
                  })->first_end.value());
  CHECK(of_layers == Approx(on_chip_j));
  CHECK(of_tiles == Approx(on_chip_j));
  CHECK(mvms == all.mvms);
  CHECK(arrays == footprint(program, chip).arrays);
  CHECK(layers.front().first_begin.value() < layers.back().first_begin.value());
}

TEST_CASE("without timing, or where energy hangs on data, layers leave these out", "[sim]") {
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = 16, .cols = 16};
  const Program program = compile(small_mimoconv(2, 2), chip, {}).program;
  const std::vector<LayerResult> layers = layer_results(floor_plan(program, chip), program, chip, {});
  CHECK_FALSE(layers.front().first_end.has_value());
  CHECK_FALSE(mesh_result(floor_plan(program, chip), program, chip, {}).tiles.front().busy.has_value());
  chip.mvm.activity = ActivityModel::Data;
  CHECK_FALSE(layer_results(floor_plan(program, chip), program, chip, {}).front().energy_j.has_value());
}

}  // namespace mimosa
