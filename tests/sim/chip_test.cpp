// SPDX-License-Identifier: Apache-2.0
#include "hw/chip/chip.hpp"

#include <random>

#include <catch2/catch.hpp>

#include "hw/kernel/kernel.hpp"
#include "hw/program/interval.hpp"
#include "hw/program/verify.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;
using Catch::Matchers::Contains;

namespace {

/// input 8 → linear 8 → 10: one array, one vector task.
Network one_linear() {
  Graph graph;
  graph.nodes.push_back({.name = "input", .op = OpKind::Input, .inputs = {}});
  graph.nodes.push_back({.name = "fc", .op = OpKind::Linear, .inputs = {0}, .out_channels = 10});
  infer_shapes(graph, {8, 1, 1}, 1, 1);
  return random_network(graph, "one_linear");
}

TimedRun time_it(const Program& program, const ChipSpec& chip, int passes) {
  return run_timed(
      program, chip,
      {.passes = passes, .stop_when_steady = false, .datapath = nullptr, .inputs = {}, .inspect = {}});
}

}  // namespace

TEST_CASE("the latency of one linear layer is the sum of its steps", "[chip][timing]") {
  const ChipSpec chip = small_chip();
  const Program program = compile(one_linear(), chip, {}).program;
  const int tile = program.tasks[1].tile;
  const int hops = mesh_hops(0, tile, chip.mesh);
  const auto travel = [&](int bytes) {
    const int flits = static_cast<int>(flits_of(bytes, chip.noc));
    return hops == 0 ? flits : 2 + hops * chip.noc.hop_cycles + flits - 1;
  };
  const std::int64_t vec = program.work[0].cycles;
  CHECK(vec == chip.vector.latency_cycles + 1);  // 10 elements, 16 lanes, one multiply-add
  // A task gives its input's place back before it sends: where both go to one tile, the credit's flit is
  // first.
  const std::int64_t credits = hops == 0 ? 2 : 0;
  // load 8 B, 8 codes to the array, one MVM, 10 codes to the vector task of the same tile, vec, 10 fp16 back,
  // store.
  const std::int64_t expected = 1 + travel(8) + 20 + 1 + vec + travel(20) + credits + 1;
  CHECK(time_it(program, chip, 1).timing.latency_cycles == expected);
}

TEST_CASE("the steady interval of one linear layer is its slowest unit's", "[chip][timing]") {
  const ChipSpec chip = small_chip();
  const Program program = compile(one_linear(), chip, {}).program;
  const TimedRun run = time_it(program, chip, 40);
  CHECK(run.timing.steady);
  CHECK(run.timing.cycles_per_pass == 20.0);
}

TEST_CASE("a network never runs faster than its slowest stage and not much slower", "[chip][timing]") {
  const int slots = GENERATE(1, 2, 4);
  const ChipSpec chip = small_chip();
  const Network network = small_mimoconv(slots, slots);
  const Compilation c = compile(network, chip, {});
  std::int64_t bound = 0;
  for (std::size_t s = 0; s < c.partition.stages.size(); ++s)
    bound = std::max(bound,
                     stage_cycles(c.partition.stages[s], c.program.work[s], c.replication.replicas[s], chip));
  const TimedRun run = time_it(c.program, chip, 60);
  INFO("slots " << slots << " bottleneck " << run.timing.bottleneck);
  // Where the interval never repeats exactly, the mean over 30 passes is off by the jitter of two latencies.
  CHECK(run.timing.cycles_per_pass >= (run.timing.steady ? 1.0 : 0.99) * static_cast<double>(bound));
  // Rows hand over in steps and vector units are shared: a quarter is allowed for that, not more.
  CHECK(run.timing.cycles_per_pass <= 1.25 * static_cast<double>(bound));
}

TEST_CASE("replicas of a stage do not wait for one another", "[chip][timing]") {
  // 64 arrays allow the four-slot stem a copy per row; its senders serve them in turn and must not serialise
  // them.
  const int slots = GENERATE(1, 2, 4);
  const ChipSpec chip;
  const Graph graph = mimoconv({.slots = slots,
                                .inputs_per_pass = slots,
                                .width = 4,
                                .initial_width = 4,
                                .blocks = {1, 1, 1},
                                .stem_stride = 2,
                                .input = {1, 28, 28},
                                .classes = 10});
  const Compilation c = compile(random_network(graph, "ten_layers"), chip, {});
  std::int64_t bound = 0;
  for (std::size_t s = 0; s < c.partition.stages.size(); ++s)
    bound = std::max(bound,
                     stage_cycles(c.partition.stages[s], c.program.work[s], c.replication.replicas[s], chip));
  CHECK(time_it(c.program, chip, 40).timing.cycles_per_pass <= 1.05 * static_cast<double>(bound));
}

TEST_CASE("a tree of partial sums lets wide layers run at the pace of their arrays", "[chip][timing]") {
  // 16 row blocks. At home all of them cost 17 steps an element, 8 · 64 elements on 16 lanes, against 160
  // cycles of the arrays; four sums of four cost 4 and 5 steps.
  ChipSpec chip = small_chip();
  chip.noc.flit_bytes = 128;  // so that sending the input to sixteen blocks one by one is not what limits
  const Network network = random_network(
      GraphBuilder().add("conv", OpKind::Conv2d, {.out_channels = 64}).build({1024, 8, 8}), "wide");
  const auto interval = [&](int fan_in) {
    const Program program = compile(network, chip, {.replicate = false, .sum_fan_in = fan_in}).program;
    return time_it(program, chip, 12).timing.cycles_per_pass;
  };
  CHECK(interval(16) >= 8 * (4 + 17 * 8 * 64 / 16));
  const double tree = interval(4);
  CHECK(tree >= 0.99 * 8 * (4 + 5 * 8 * 64 / 16));
  CHECK(tree <= 1.1 * 8 * (4 + 5 * 8 * 64 / 16));
}

TEST_CASE("timing does not depend on data", "[chip][timing]") {
  const ChipSpec chip = small_chip();
  const Program program = compile(small_mimoconv(2, 2), chip, {}).program;
  const TimedRun a = time_it(program, chip, 12), b = time_it(program, chip, 12);
  CHECK(a.timing.latency_cycles == b.timing.latency_cycles);
  CHECK(a.timing.cycles_per_pass == b.timing.cycles_per_pass);
  CHECK(a.counts == counts_per_pass(program, chip) * 12);
}

TEST_CASE("a chip whose tasks wait for each other stops and names the circle", "[chip][error]") {
  const ChipSpec chip = small_chip();
  Program program = compile(one_linear(), chip, {}).program;
  for (Task& task : program.tasks)  // the array never gives its input places back
    if (task.kind == TaskKind::Array)
      std::erase_if(task.code, [](const Instruction& i) { return i.op == Opcode::Sync; });
  CHECK(find_stall(program, 8));
  CHECK_THROWS_WITH(
      time_it(program, chip, 8),
      Contains("passes stuck on the chip: a circle of waiting: ") && Contains("host_in waits in pass") &&
          Contains("for a place in channel 1 (input) on array task of fc (replica 0, block 0)") &&
          Contains("for a row of channel 1 (input) on host_in"));
}

TEST_CASE("the chip stops exactly where the checker says so, with the same circle", "[chip][error]") {
  const ChipSpec chip = small_chip();
  const Program good = compile(small_mimoconv(2, 2), chip, {.sum_fan_in = 2}).program;
  std::mt19937_64 random(1);
  int stopped = 0;
  for (int trial = 0; trial < 60; ++trial) {
    Program program = good;
    for (int changes = 0; changes < 3; ++changes) {
      int& capacity = program.channels[random() % program.channels.size()].capacity;
      capacity = 1 + static_cast<int>(random() % static_cast<std::uint64_t>(capacity));
    }
    const std::optional<Stall> stall = find_stall(program, 3);
    CAPTURE(trial, stall ? stall->text : "runs");
    if (!stall) {
      CHECK(time_it(program, chip, 3).timing.passes_simulated == 3);
      continue;
    }
    ++stopped;
    CHECK_THAT(stall->text, Contains("a circle of waiting"));
    CHECK_THROWS_WITH(time_it(program, chip, 3), Contains(stall->text));
  }
  CHECK(stopped > 5);
  CHECK(stopped < 55);
}

TEST_CASE("a clock that the kernel's time resolution cannot hold is refused", "[chip][error]") {
  ChipSpec chip = small_chip();
  const Program program = compile(one_linear(), chip, {}).program;
  const PassLimits limits{.passes = 1};
  for (const auto& [ghz, fits] :
       {std::pair{1.0, true}, {0.5, true}, {1.2, false}, {4.0, false}, {10.0, false}}) {
    chip.clock_ghz = ghz;
    CAPTURE(ghz);
    const ScopedKernel kernel;
    sc_core::sc_set_time_resolution(1.0, sc_core::SC_NS);
    if (fits)
      CHECK_NOTHROW(Chip("chip", program, chip, limits, nullptr));
    else
      CHECK_THROWS_WITH(Chip("chip", program, chip, limits, nullptr),
                        Contains("below the kernel's time resolution of 1 ns"));
  }
}

TEST_CASE("a run that is asked for its progress takes the time of one that is not", "[chip][timing]") {
  // Nothing happens during an MVM, which may take longer than what lies between two questions.
  ChipSpec chip = small_chip();
  chip.mvm.latency_ns = chip.mvm.interval_ns = GENERATE(20.0, 4096.0, 20000.0);
  const Program program = compile(one_linear(), chip, {}).program;
  TimedOptions options;
  options.passes = 12;
  options.stop_when_steady = false;
  const TimedRun silent = run_timed(program, chip, options);
  std::vector<double> shares;
  options.progress = [&](double share) { shares.push_back(share); };
  const TimedRun asked = run_timed(program, chip, options);
  CHECK(asked.timing.latency_cycles == silent.timing.latency_cycles);
  CHECK(asked.timing.cycles_per_pass == silent.timing.cycles_per_pass);
  CHECK(asked.counts == silent.counts);
  CHECK(std::is_sorted(shares.begin(), shares.end()));
  CHECK(shares.size() <= 2 + 2 * 12);
  if (chip.mvm.latency_ns > 4095.0) CHECK(shares.back() > 0.5);
}

TEST_CASE("a steady state needs intervals that repeat", "[chip]") {
  std::vector<std::int64_t> finish{100};
  for (int i = 0; i < 8; ++i) finish.push_back(finish.back() + 10);
  CHECK(steady_state(finish).steady);
  CHECK(steady_state(finish).cycles_per_pass == 10.0);
  finish.push_back(finish.back() + 11);
  CHECK_FALSE(steady_state(finish).steady);
  std::vector<std::int64_t> alternating{100};
  for (int i = 0; i < 12; ++i) alternating.push_back(alternating.back() + (i % 2 == 0 ? 10 : 14));
  CHECK(steady_state(alternating).steady);
  CHECK(steady_state(alternating).cycles_per_pass == 12.0);
}
