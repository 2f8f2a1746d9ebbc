// SPDX-License-Identifier: Apache-2.0
// Every timed component of the chip: not done in the cycle before, done in its cycle. The mesh's links,
// routers and credits have theirs in mesh_test.cpp.
#include <optional>
#include <systemc>

#include <catch2/catch.hpp>

#include "hw/chip/chip.hpp"
#include "hw/kernel/kernel.hpp"
#include "sim/compiler/compile.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

/// A chip that is looked at from cycle to cycle.
struct ChipBench {
  ScopedKernel kernel;
  const sc_core::sc_time cycle;
  Chip chip;

  ChipBench(const Program& program, const ChipSpec& spec, int passes)
      : cycle(1.0 / spec.clock_ghz, sc_core::SC_NS),
        chip("chip", program, spec, {.passes = passes, .stop_when_steady = false}, nullptr) {}
  ~ChipBench() { chip.run(); }  // to its end, so that all tasks have left
  ChipBench(const ChipBench&) = delete;
  ChipBench& operator=(const ChipBench&) = delete;

  /// Everything up to and in a cycle.
  void until(std::int64_t at) {
    sc_core::sc_start(static_cast<double>(at) * cycle - sc_core::sc_time_stamp());
    while (sc_core::sc_pending_activity_at_current_time()) sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  [[nodiscard]] Opcode op(int task) const { return at(task).waiting().op; }
  [[nodiscard]] int pass(int task) const { return at(task).pass(); }
  /// The task is still at `op` in the cycle before and past it in its cycle.
  void check_ends(int task, Opcode which, std::int64_t at) {
    CAPTURE(task, to_string(which), at);
    const int before = pass(task);
    until(at - 1);
    CHECK(op(task) == which);
    CHECK(pass(task) == before);
    until(at);
    CHECK((op(task) != which || pass(task) > before));
  }

 private:
  [[nodiscard]] const TaskRunner& at(int task) const {
    for (const TaskRunner* runner : chip.runners())
      if (runner->waiting().task == task) return *runner;
    throw std::logic_error("no such task");
  }
};

/// 8 → 10 in one array on tile 2, its home on tile 3, the host at tile 0 with a slow link; one place for
/// input.
struct OneLinear {
  ChipSpec chip = small_chip();
  Program program;

  explicit OneLinear(double clock_ghz = 1.0) {
    chip.clock_ghz = clock_ghz;
    chip.io.bytes_per_cycle = 2;
    program = compile(random_network(
                          GraphBuilder().add("fc", OpKind::Linear, {.out_channels = 10}).build({8, 1, 1}),
                          "one_linear"),
                      chip, {})
                  .program;
    program.tasks[array].tile = 2;
    program.tasks[home].tile = 3;
    for (Channel& channel : program.channels)
      if (channel.node == "input") channel.capacity = 1;
  }
  static constexpr int host_in = 0, array = 1, home = 2, host_out = 3;
};

}  // namespace

TEST_CASE(
    "host link, packets, array, vector unit and credits of a layer are done in their cycles and not before",
    "[chip][timing]") {
  const double ghz = GENERATE(1.0, 2.0);
  const OneLinear machine(ghz);
  const std::int64_t mvm = static_cast<std::int64_t>(20 * ghz);  // of 20 ns
  constexpr int hop = 2, vec = 4 + 1, edges = 2;                 // injection and ejection
  const std::int64_t loaded = 8 / 2;
  const std::int64_t row_at_array = loaded + edges + 2 * hop;  // 8 codes are one flit
  const std::int64_t codes = row_at_array + mvm;
  const std::int64_t place_at_host = codes + edges + 2 * hop;
  const std::int64_t sums_at_home = codes + 1 + edges + hop;  // a flit behind the place given back
  const std::int64_t result = sums_at_home + vec;
  const std::int64_t result_at_host = result + 1 + edges + 3 * hop;
  using M = OneLinear;
  SECTION("the host's load") {
    ChipBench bench(machine.program, machine.chip, 3);
    bench.check_ends(M::host_in, Opcode::Load, loaded);
  }
  SECTION("the row's way to the array") {
    ChipBench bench(machine.program, machine.chip, 3);
    bench.check_ends(M::array, Opcode::Recv, row_at_array);
    CHECK(bench.op(M::array) == Opcode::Mvm);
  }
  SECTION("the array") {
    ChipBench bench(machine.program, machine.chip, 3);
    bench.check_ends(M::array, Opcode::Mvm, codes);
  }
  SECTION("the place given back to the host") {
    ChipBench bench(machine.program, machine.chip, 3);
    bench.until(2 * loaded);
    CHECK(bench.pass(M::host_in) == 1);
    bench.check_ends(M::host_in, Opcode::Send, place_at_host);
  }
  SECTION("partial sums on their way home") {
    ChipBench bench(machine.program, machine.chip, 3);
    bench.check_ends(M::home, Opcode::Recv, sums_at_home);
    CHECK(bench.op(M::home) == Opcode::Vec);
  }
  SECTION("the vector unit") {
    ChipBench bench(machine.program, machine.chip, 3);
    bench.check_ends(M::home, Opcode::Vec, result);
  }
  SECTION("the host's store") {
    ChipBench bench(machine.program, machine.chip, 3);
    bench.check_ends(M::host_out, Opcode::Recv, result_at_host);
    CHECK(bench.op(M::host_out) == Opcode::Store);
    bench.until(result_at_host + 20 / 2 - 1);  // ten fp16
    CHECK(bench.chip.passes() == 0);
    bench.until(result_at_host + 20 / 2);
    CHECK(bench.chip.finish_cycles() == std::vector<std::int64_t>{result_at_host + 20 / 2});
  }
}

TEST_CASE("the MVMs of a row follow one another at the array's interval", "[chip][timing]") {
  ChipSpec chip = small_chip();
  chip.mvm.latency_ns = 30.0;
  chip.mvm.interval_ns = 20.0;
  Program program =
      compile(random_network(GraphBuilder().add("conv", OpKind::Conv2d, {.out_channels = 4}).build({8, 1, 6}),
                             "row"),
              chip, {})
          .program;
  program.tasks[1].tile = 1;
  ChipBench bench(program, chip, 1);
  // Six positions of 8 channels: loaded in a cycle (48 of 64 bytes), two flits a hop away.
  const std::int64_t begin = 1 + 2 + 2 + 1;
  bench.check_ends(1, Opcode::Recv, begin);
  bench.check_ends(1, Opcode::Mvm, begin + 5 * 20 + 30);
}

TEST_CASE("an array of parts has its codes after its steps, turns and additions", "[chip][timing]") {
  // Two reads of 20 ns, ten columns in two turns of 1 ns at eight converters, 3 ns of shift and add.
  const bool overlap = GENERATE(true, false);
  ChipSpec chip = small_chip();
  chip.mvm.model = MvmCostModel::Components;
  chip.mvm.step_ns = 20.0;
  chip.mvm.overlap = overlap;
  chip.mvm.shift_add_ns = 3.0;
  chip.mvm.adc.per_array = 8;
  chip.mvm.adc.rate_gs = 1.0;
  chip.analog.dac.slice_bits = (chip.analog.dac.bits + 1) / 2;
  const OneLinear machine;
  chip.io.bytes_per_cycle = machine.chip.io.bytes_per_cycle;
  ChipBench bench(machine.program, chip, 1);
  const std::int64_t begin = 8 / 2 + 2 + 2 * 2;  // loaded, in and out of the mesh, two hops
  bench.check_ends(OneLinear::array, Opcode::Recv, begin);
  // With sample-and-hold only the last turns come after the steps.
  bench.check_ends(OneLinear::array, Opcode::Mvm, begin + (overlap ? 2 * 20 + 2 : 2 * (20 + 2)) + 3);
}

TEST_CASE("tasks that share a vector unit take turns to the cycle", "[chip][timing]") {
  // 256 → 64: four row blocks, two sums of two and the home, all on tile 5; arrays at equal distances from
  // it.
  const ChipSpec chip = small_chip();
  Program program =
      compile(random_network(
                  GraphBuilder().add("fc", OpKind::Linear, {.out_channels = 64}).build({256, 1, 1}), "wide"),
              chip, {.sum_fan_in = 2})
          .program;
  std::vector<int> sums;
  for (std::size_t t = 0; t < program.tasks.size(); ++t) {
    Task& task = program.tasks[t];
    if (task.kind == TaskKind::Array) task.tile = 5;
    if (task.kind == TaskKind::Sum) sums.push_back(static_cast<int>(t));
    if (task.kind == TaskKind::Sum || task.kind == TaskKind::Vector) task.tile = 5;
  }
  REQUIRE(sums.size() == 2);
  const std::int64_t work = program.stages[0].sums[0].work.cycles;
  CHECK(work == 4 + 2 * 64 / 16);
  ChipBench bench(program, chip, 1);
  std::optional<std::int64_t> began[2], ended[2];
  for (std::int64_t now = 0; now < 200; ++now) {
    bench.until(now);
    for (int s = 0; s < 2; ++s) {
      const bool adds = bench.op(sums[static_cast<std::size_t>(s)]) == Opcode::Vec;
      if (adds && !began[s]) began[s] = now;
      if (!adds && began[s] && !ended[s]) ended[s] = now;
    }
  }
  REQUIRE((ended[0] && ended[1]));
  const int first = *began[0] <= *began[1] ? 0 : 1, second = 1 - first;
  REQUIRE(*began[second] < *began[first] + work);  // they want it together
  CHECK(*ended[first] == *began[first] + work);
  CHECK(*ended[second] == *began[first] + 2 * work);
}
