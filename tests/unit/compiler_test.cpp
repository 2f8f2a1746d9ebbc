// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "hw/program/geometry.hpp"
#include "hw/program/interval.hpp"
#include "models/base/error.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/compiler/emit.hpp"
#include "sim/compiler/usage.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

Graph conv_bn_relu() {
  Graph g;
  g.nodes.push_back({.name = "input", .op = OpKind::Input, .inputs = {}});
  g.nodes.push_back(
      {.name = "conv", .op = OpKind::Conv2d, .inputs = {0}, .kernel = 3, .padding = 1, .out_channels = 80});
  g.nodes.push_back({.name = "bn", .op = OpKind::BatchNorm, .inputs = {1}});
  g.nodes.push_back({.name = "relu", .op = OpKind::Relu, .inputs = {2}});
  g.nodes.push_back({.name = "pool", .op = OpKind::AvgPool, .inputs = {3}, .kernel = 0});
  g.nodes.push_back({.name = "flat", .op = OpKind::Flatten, .inputs = {4}});
  g.nodes.push_back({.name = "fc", .op = OpKind::Linear, .inputs = {5}, .out_channels = 10, .bias = true});
  infer_shapes(g, {8, 4, 4}, 1, 1);
  return g;
}

/// A residual block whose skip reads the raw value.
Graph residual() {
  Graph g;
  g.nodes.push_back({.name = "input", .op = OpKind::Input, .inputs = {}});
  g.nodes.push_back(
      {.name = "stem", .op = OpKind::Conv2d, .inputs = {0}, .kernel = 3, .padding = 1, .out_channels = 8});
  g.nodes.push_back({.name = "bn1", .op = OpKind::BatchNorm, .inputs = {1}});
  g.nodes.push_back(
      {.name = "conv1", .op = OpKind::Conv2d, .inputs = {2}, .kernel = 3, .padding = 1, .out_channels = 8});
  g.nodes.push_back(
      {.name = "conv2", .op = OpKind::Conv2d, .inputs = {3}, .kernel = 3, .padding = 1, .out_channels = 8});
  g.nodes.push_back({.name = "add", .op = OpKind::Add, .inputs = {4, 1}});
  infer_shapes(g, {4, 6, 6}, 1, 1);
  return g;
}

}  // namespace

TEST_CASE("a small network is partitioned into the expected stages", "[compiler]") {
  const Partition p = partition(conv_bn_relu(), small_chip(), {});
  CHECK(to_text(p) ==
        "stage name=conv analog=conv result=bn digital=relu exports=relu iterations=4 rows=1 mvms=4\n"
        "block row0=0 rows=64 col0=0 cols=64\n"
        "block row0=64 rows=8 col0=0 cols=64\n"
        "block row0=0 rows=64 col0=64 cols=16\n"
        "block row0=64 rows=8 col0=64 cols=16\n"
        "stage name=pool analog= result= digital=pool,flat exports=flat iterations=1 rows=1 mvms=0\n"
        "stage name=fc analog=fc result=fc digital= exports=fc iterations=1 rows=1 mvms=1\n"
        "block row0=0 rows=64 col0=0 cols=10\n"
        "block row0=64 rows=16 col0=0 cols=10\n");
}

TEST_CASE("a batch norm folds only where nothing else reads the raw result", "[compiler]") {
  const Partition p = partition(residual(), small_chip(), {});
  REQUIRE(p.stages.size() == 3);
  CHECK(p.stages[0].result == "stem");
  CHECK(p.stages[0].digital == std::vector<std::string>{"bn1"});
  CHECK(p.stages[0].exports == std::vector<std::string>{"stem", "bn1"});
  CHECK(p.stages[2].digital == std::vector<std::string>{"add"});
}

TEST_CASE("every stage of the compiler is read back from its text", "[compiler]") {
  const int slots = GENERATE(1, 2, 4);
  const BindingPlace binding = GENERATE(BindingPlace::Crossbar, BindingPlace::Digital, BindingPlace::Fft);
  const Compilation c = compile(small_mimoconv(slots, slots), small_chip(),
                                {.array_budget = 0, .binding = binding, .sum_fan_in = 2});
  CHECK(to_text(c.program).find("\nsum col0=0 ") != std::string::npos);
  CHECK(partition_from_text(to_text(c.partition)).stages == c.partition.stages);
  CHECK(replication_from_text(to_text(c.replication)).replicas == c.replication.replicas);
  CHECK(placement_from_text(to_text(c.placement)).tile == c.placement.tile);
  CHECK(schedule_from_text(to_text(c.schedule)).channels == c.schedule.channels);
  CHECK(program_from_text(to_text(c.program)) == c.program);
}

TEST_CASE("text forms refuse what they do not know with the line", "[compiler][error]") {
  CHECK_THROWS_WITH(program_from_text("program network=a slots=1\n"),
                    Contains("line 1") && Contains("inputs_per_pass"));
  CHECK_THROWS_WITH(partition_from_text("stage name\n"), Contains("line 1") && Contains("key=value"));
  CHECK_THROWS_WITH(partition_from_text("block row0=0 rows=1 col0=0 cols=1\n"),
                    Contains("a stage before its blocks"));
  CHECK_THROWS_WITH(schedule_from_text("stage name=a\n"), Contains("expected: channel"));
  CHECK_THROWS_WITH(placement_from_text("place task=0 tile=x\n"), Contains("\"x\" is not a whole number"));
}

TEST_CASE("replication shortens the slowest stage within the budget", "[compiler]") {
  const Network network = small_mimoconv(4, 4);
  const ChipSpec chip = small_chip();
  const Partition p = partition(network.graph, chip, {});
  int single = 0;
  for (const Stage& s : p.stages) single += static_cast<int>(s.blocks.size());
  const auto slowest = [&](const Replication& r) {
    std::int64_t most = 0;
    for (std::size_t s = 0; s < p.stages.size(); ++s)
      most = std::max(most, stage_cycles(p.stages[s], vector_work(network.graph, p.stages[s], chip),
                                         r.replicas[s], chip));
    return most;
  };
  std::int64_t before = slowest(replicate(network.graph, p, chip, {.array_budget = single}));
  for (int budget = single; budget <= chip.arrays(); ++budget) {
    const Replication r = replicate(network.graph, p, chip, {.array_budget = budget});
    int used = 0;
    for (std::size_t s = 0; s < p.stages.size(); ++s)
      used += r.replicas[s] * static_cast<int>(p.stages[s].blocks.size());
    CHECK(used <= budget);
    CHECK(slowest(r) <= before);
    before = slowest(r);
  }
  // The stem works four times as often as the trunk: with room it has copies.
  CHECK(replicate(network.graph, p, chip, {}).replicas[0] >= 4);
}

TEST_CASE("tiles of several arrays hold no copies that shorten nothing", "[compiler]") {
  const Network network = small_mimoconv(4, 4);
  ChipSpec alone = small_chip(), together = small_chip();
  alone.mesh = {.rows = 16, .cols = 8};
  together.mesh = {.rows = 4, .cols = 4};
  together.tile = {.dpes = 2, .arrays_per_dpe = 4};
  REQUIRE(alone.arrays() == together.arrays());
  const Partition p = partition(network.graph, alone, {});
  for (const int budget : {40, 60, 90, 128}) {
    const Replication all = replicate(network.graph, p, alone, {.array_budget = budget});
    const Replication few = replicate(network.graph, p, together, {.array_budget = budget});
    const auto cycles = [&](std::size_t s, int replicas) {
      return stage_cycles(p.stages[s], vector_work(network.graph, p.stages[s], alone), replicas, alone);
    };
    std::int64_t of_all = 0, of_few = 0;
    for (std::size_t s = 0; s < p.stages.size(); ++s) {
      of_all = std::max(of_all, cycles(s, all.replicas[s]));
      of_few = std::max(of_few, cycles(s, few.replicas[s]));
      CHECK(few.replicas[s] <= all.replicas[s]);
    }
    CHECK(of_few == of_all);
    for (std::size_t s = 0; s < p.stages.size(); ++s)
      CHECK((few.replicas[s] == 1 || cycles(s, few.replicas[s] - 1) > of_all));
  }
}

TEST_CASE("a network that does not fit says what is short and by how much", "[compiler][error]") {
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = 1, .cols = 2};
  Network network = small_mimoconv(2, 2);
  network.name = "which";
  CHECK_THROWS_WITH(compile(network, chip, {}),
                    StartsWith("network which: needs ") && Contains("more than the 2 of the chip"));
  chip = small_chip();
  CHECK_THROWS_WITH(compile(small_mimoconv(2, 2), chip, {.array_budget = 3}),
                    Contains("compiler.array_budget"));
  chip.buffer.bytes = 64;
  CHECK_THROWS_WITH(compile(small_mimoconv(2, 2), chip, {}),
                    Contains("chip.buffer.bytes: tile") && Contains("more than its 64 B (") &&
                        Contains(" B of them for ") && Contains(" to the "));
}

TEST_CASE("placement by descent is not worse than the serpentine and keeps every task", "[compiler]") {
  const Network network = small_mimoconv(4, 4);
  const ChipSpec chip = small_chip();
  const Partition p = partition(network.graph, chip, {});
  const Replication r = replicate(network.graph, p, chip, {});
  const Mapping mapping{network.graph, chip, p, r};
  const Placement placed = place(mapping);
  Placement serpentine = placed;
  const std::vector<Task> tasks = list_tasks(p, r);
  int filled = -1, home = 0;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (tasks[t].kind == TaskKind::Array) ++filled;
    if (tasks[t].kind == TaskKind::Array && tasks[t].block == 0) home = filled;
    const int seat = tasks[t].kind == TaskKind::Array ? filled : home;
    const int row = seat / 8, col = seat % 8;
    if (tasks[t].kind == TaskKind::Array || tasks[t].kind == TaskKind::Vector)
      serpentine.tile[t] = row * 8 + (row % 2 == 0 ? col : 7 - col);
  }
  CHECK(placement_cost(mapping, placed) < placement_cost(mapping, serpentine));
  std::vector<int> arrays_in(64, 0);
  for (std::size_t t = 0; t < tasks.size(); ++t)
    if (tasks[t].kind == TaskKind::Array) ++arrays_in[static_cast<std::size_t>(placed.tile[t])];
  CHECK(*std::max_element(arrays_in.begin(), arrays_in.end()) == 1);
}

TEST_CASE("tiles of one router are no hops apart and places without a tile stay empty", "[compiler]") {
  // 35 routers of four tiles, the last with two: 138 tiles.
  const MeshSpec puma{.rows = 5, .cols = 7, .concentration = 4, .tile_count = 138};
  CHECK(puma.tiles() == 138);
  CHECK(mesh_hops(0, 3, puma) == 0);
  CHECK(mesh_hops(3, 4, puma) == 1);
  CHECK(mesh_hops(0, 137, puma) == 4 + 6);  // corner to corner
  CHECK(MeshSpec{.rows = 6, .cols = 7, .concentration = 4}.tiles() == 168);
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = 3, .cols = 4, .concentration = 4, .tile_count = 46};
  const Network network = small_mimoconv(4, 4);
  const Partition p = partition(network.graph, chip, {});
  const Replication r = replicate(network.graph, p, chip, {});
  const std::vector<Task> tasks = list_tasks(p, r);
  const Placement placed = place({network.graph, chip, p, r});
  std::vector<int> arrays_in(46, 0);
  for (std::size_t t = 0; t < tasks.size(); ++t)
    if (tasks[t].kind == TaskKind::Array) ++arrays_in.at(static_cast<std::size_t>(placed.tile[t]));
  CHECK(*std::max_element(arrays_in.begin(), arrays_in.end()) == 1);
  CHECK(std::count(arrays_in.begin(), arrays_in.end(), 0) <= 4);  // replicas fill the chip
}

TEST_CASE("a tile of several arrays is filled with blocks that read the same rows", "[compiler]") {
  // 256 channels to 128: four row blocks, two columns. Two arrays a tile: each tile holds a row block.
  const Network network = random_network(
      GraphBuilder().add("conv", OpKind::Conv2d, {.out_channels = 128}).build({256, 6, 6}), "wide");
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = 1, .cols = 4};
  chip.tile.dpes = 2;
  const Program program = compile(network, chip, {.replicate = false}).program;
  int inputs = 0;
  for (const Channel& channel : program.channels)
    if (channel.node == "input") {
      CHECK(channel.readers() == 2);
      ++inputs;
    }
  CHECK(inputs == 4);
}

TEST_CASE("a reader takes rows when it needs them and gives them back when it is done", "[compiler]") {
  // A 3-row window sliding over 5 rows, without padding.
  const Usage u = usage_of({0, 1, 2, 3, 4}, {{0, 1, 2}, {1, 2, 3}, {2, 3, 4}});
  CHECK(u.receive == std::vector<int>{3, 1, 1});
  CHECK(u.release == std::vector<int>{1, 1, 3});
  CHECK(u.window == 3);
}

TEST_CASE("counts per pass follow the closed forms", "[compiler]") {
  const ChipSpec chip = small_chip();
  const Network network = random_network(conv_bn_relu(), "small");
  const Program program = compile(network, chip, {.array_budget = 0, .replicate = false}).program;
  const Counts counts = counts_per_pass(program, chip);
  CHECK(counts.mvms == 16 * 4 + 2);              // 4 × 4 positions on 4 arrays, the classifier on 2
  CHECK(counts.io_bytes == 8 * 4 * 4 + 10 * 2);  // pixels in, fp16 logits out
  const std::int64_t conv = 16 * 80 * 3, relu = 16 * 80, pool = 80 * 16, fc = 10 * 3;
  CHECK(counts.adds == conv + relu + pool + fc);
  CHECK(counts.muls == conv + 80 + fc);
  double sum = 0.0;
  for (const auto& [component, joules] : energy_by_component(counts, chip)) sum += joules;
  CHECK(energy_by_component(counts, chip).at("mvm") == Approx(66 * 100e-12));
  CHECK(sum > energy_by_component(counts, chip).at("mvm"));
}

TEST_CASE("a small matrix in a large array is charged for the lines it uses", "[compiler]") {
  const Network network = random_network(conv_bn_relu(), "small");
  const auto energy = [&](int lines, int converters) {
    ChipSpec chip = small_chip();
    chip.array = {.rows = lines, .cols = lines};
    chip.mvm.model = MvmCostModel::Components;
    chip.mvm.dac.energy_pj = 1.0;
    chip.mvm.cells.energy_pj = 0.001 * 2.0 * lines * lines;  // 1 fJ a cell
    chip.mvm.sample_hold.energy_pj = 0.1;
    chip.mvm.adc = {.per_array = converters, .conversion = {.energy_pj = 2.0}};
    chip.mvm.shift_add.energy_pj = 0.2;
    chip.mvm.input_register.energy_pj = 0.3;
    chip.mvm.output_register.energy_pj = 0.4;
    return energy_by_component(counts_per_pass(compile(network, chip, {}).program, chip), chip);
  };
  // 72 x 80 at 16 positions, 80 x 10 once: in one array each.
  const auto small = energy(128, 1), large = energy(1024, 16);
  for (const char* part : {"dac", "cells", "sample_hold", "adc", "shift_add", "registers"})
    CHECK(large.at(part) == Approx(small.at(part)).epsilon(1e-12));
  CHECK(large.at("adc") == Approx((16 * 80 + 10) * 2e-12));
  CHECK(large.at("dac") == Approx((16 * 72 + 80) * 1e-12));
  CHECK(large.at("cells") == Approx((16 * 72 * 80 + 80 * 10) * 2.0 * 1e-15));
}

TEST_CASE("binding in a crossbar is refused where the bound slots are read", "[compiler][error]") {
  Graph g;
  g.nodes.push_back({.name = "input", .op = OpKind::Input, .inputs = {}});
  g.nodes.push_back({.name = "bind", .op = OpKind::Bind, .inputs = {0}});
  g.nodes.push_back({.name = "bundle", .op = OpKind::Bundle, .inputs = {1}});
  g.nodes.push_back({.name = "relu", .op = OpKind::Relu, .inputs = {1}});
  g.nodes.push_back({.name = "other", .op = OpKind::Bundle, .inputs = {3}});
  g.nodes.push_back({.name = "add", .op = OpKind::Add, .inputs = {2, 4}});
  infer_shapes(g, {4, 2, 2}, 2, 2);
  CHECK_THROWS_WITH(partition(g, small_chip(), {}),
                    Contains("bind: binding in a crossbar") && Contains("digital"));
  CHECK_NOTHROW(partition(g, small_chip(), {.array_budget = 0, .binding = BindingPlace::Digital}));
}
