// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/seating.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "hw/program/interval.hpp"
#include "hw/program/verify.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/compiler/usage.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/network_reader.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

const std::vector<std::string> roots = {std::string(MIMOSA_SOURCE) + "/configs"};

/// Tiles of eight arrays with a slow vector unit.
ChipSpec wide_tiles(int rows, int cols) {
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = rows, .cols = cols};
  chip.tile = {.dpes = 2, .arrays_per_dpe = 4};
  chip.vector.lanes = 4;
  return chip;
}

/// Cycles of every tile's vector unit in one pass.
std::vector<std::int64_t> vector_cycles(const Program& program, const ChipSpec& chip) {
  std::vector<std::int64_t> cycles(static_cast<std::size_t>(chip.tiles()), 0);
  for (const Task& task : program.tasks)
    for (const Instruction& i : task.code) {
      if (i.op != Opcode::Vec) continue;
      const Stage& stage = program.stages[static_cast<std::size_t>(task.stage)];
      cycles[static_cast<std::size_t>(task.tile)] +=
          task.kind == TaskKind::Sum
              ? stage.sums[static_cast<std::size_t>(task.block) - stage.blocks.size()].work.cycles
              : program.work[static_cast<std::size_t>(task.stage)].cycles;
    }
  return cycles;
}

std::vector<int> arrays_in(const Program& program, const ChipSpec& chip) {
  std::vector<int> arrays(static_cast<std::size_t>(chip.tiles()), 0);
  for (const Task& task : program.tasks)
    if (task.kind == TaskKind::Array) ++arrays[static_cast<std::size_t>(task.tile)];
  return arrays;
}

template <class T>
T largest(const std::vector<T>& values) {
  return *std::max_element(values.begin(), values.end());
}

}  // namespace

TEST_CASE("published machines hold the trained networks in the buffers they were published with",
          "[compiler][configs]") {
  const std::string machine = GENERATE("isaac", "puma");
  const std::string network =
      GENERATE("mimoconv_fmnist_n1", "mimoconv_fmnist_n2", "mimoconv_fmnist_n4", "wideresnet_fmnist");
  INFO(network << " on " << machine);
  const ChipSpec chip = load_chip(find_config("chip", machine, roots), roots);
  REQUIRE(chip.buffer.bytes == 65536);
  const Program program =
      compile(read_network(find_config("network", network, roots), 0, false), chip, {}).program;
  CHECK(largest(buffer_bytes(program, chip.tiles())) <= 65536);
  CHECK(largest(arrays_in(program, chip)) <= chip.arrays_per_tile());
  CHECK_FALSE(find_stall(program));
  CHECK(largest(program.replicas) > 1);
}

TEST_CASE("vector units share the work where there are tiles enough", "[compiler]") {
  const ChipSpec chip = wide_tiles(8, 8);
  const Network network = small_mimoconv(2, 2);
  const Program program = compile(network, chip, {.sum_fan_in = 4}).program;
  // A seat is full at the slowest stage's cycles or less, and a replica's home may come on top.
  CHECK(largest(vector_cycles(program, chip)) <= 2 * busiest_task_cycles(program, chip));
  CHECK(largest(arrays_in(program, chip)) <= 8);
  // On as many tiles as the arrays need, vector units get more to do than that.
  int arrays = 0;
  for (const int count : arrays_in(program, chip)) arrays += count;
  const ChipSpec full = wide_tiles(1, (arrays + 7) / 8);
  const Program packed = compile(network, full, {.array_budget = arrays, .sum_fan_in = 4}).program;
  CHECK(packed.replicas == program.replicas);
  CHECK(largest(vector_cycles(packed, full)) > 2 * busiest_task_cycles(packed, full));
  CHECK(largest(arrays_in(packed, full)) == 8);
}

TEST_CASE("replicas give way where buffers are short", "[compiler]") {
  ChipSpec chip = wide_tiles(2, 4);
  const Network network = small_mimoconv(4, 4);
  const Program roomy = compile(network, chip, {}).program;
  chip.buffer.bytes = 3000;
  const Program tight = compile(network, chip, {}).program;
  CHECK(largest(buffer_bytes(tight, chip.tiles())) <= 3000);
  const auto replicas = [](const Program& p) {
    int sum = 0;
    for (const int count : p.replicas) sum += count;
    return sum;
  };
  CHECK(replicas(tight) < replicas(roomy));
}

TEST_CASE("the shorter way to a sum gets room for several windows", "[compiler]") {
  // Rows of the stem go to the sum by two convolutions, or by one.
  const Graph graph = GraphBuilder()
                          .add("stem", OpKind::Conv2d, {.out_channels = 8})
                          .add("first", OpKind::Conv2d, {.kernel = 3, .padding = 1, .out_channels = 8})
                          .add("second", OpKind::Conv2d, {.kernel = 3, .padding = 1, .out_channels = 8})
                          .add("skip", OpKind::Conv2d, {.out_channels = 8}, {"stem"})
                          .add("sum", OpKind::Add, {}, {"second", "skip"})
                          .build({4, 8, 8});
  const Program program =
      compile(random_network(graph, "two_ways"), small_chip(), {.replicate = false}).program;
  const auto capacity = [&](const std::string& node, const std::string& stage) {
    for (const Channel& channel : program.channels) {
      const Task& to = program.tasks[static_cast<std::size_t>(channel.to)];
      if (channel.node == node && program.stages.at(static_cast<std::size_t>(to.stage)).name == stage)
        return channel.capacity;
    }
    return 0;
  };
  CHECK(capacity("stem", "first") == 3 + 2);  // a window, two ahead
  CHECK(capacity("first", "second") == 3 + 2);
  CHECK(capacity("stem", "skip") == 4 * (1 + 2));
}

TEST_CASE("seats depend on nothing but what is seated", "[compiler]") {
  const Network network = small_mimoconv(4, 4);
  const ChipSpec chip = wide_tiles(4, 4);
  const Partition p = partition(network.graph, chip, {});
  const Replication r = replicate(network.graph, p, chip, {});
  const Mapping mapping{network.graph, chip, p, r};
  const std::vector<Task> tasks = list_tasks(p, r);
  const std::vector<int> seats = seat_tasks(mapping, tasks);
  CHECK(seats == seat_tasks(mapping, tasks));
  CHECK(largest(seats) < chip.tiles());
  int last = 0;
  for (std::size_t t = 0; t < tasks.size(); ++t) {  // in network order, none left out
    if (tasks[t].kind != TaskKind::Array || tasks[t].block != 0) continue;
    CHECK(seats[t] >= last);
    last = seats[t];
  }
}

TEST_CASE("a reader of a shared channel takes what others read as well", "[compiler]") {
  // Rows 0 to 4; the first reader needs 0 and 1, the second 3 and 4, one an iteration.
  const std::vector<int> rows = {0, 1, 2, 3, 4};
  const Usage first = usage_of(rows, {{0}, {1}}), second = usage_of(rows, {{3}, {4}});
  CHECK(first.receive == std::vector<int>{1, 1});
  CHECK(first.rest == 3);
  CHECK(second.receive == std::vector<int>{4, 1});
  CHECK(second.release == std::vector<int>{4, 1});
  CHECK(second.rest == 0);
  // Side by side, the second is four rows into the channel when the first has read one.
  CHECK(held_by({first, second}).window == 4);
  CHECK(held_by({first, second}).burst == 4);
  CHECK(held_by({first}).window == 1);
  CHECK(held_by({second}).window == second.window);
}
