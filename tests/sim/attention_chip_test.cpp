// SPDX-License-Identifier: Apache-2.0
// Networks of attention on the chip: the state of linear attention and the products of two changing values
// are computed by the digital units, in both engines alike.
#include <algorithm>
#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "hw/program/geometry.hpp"
#include "hw/program/interval.hpp"
#include "models/nn/sequence.hpp"
#include "tests/support/former_graphs.hpp"

using namespace mimosa;

namespace {

constexpr int passes = 3;

}  // namespace

TEST_CASE("attention: the SystemC chip and the functional engine agree bit for bit with all noise on",
          "[engine][numerics]") {
  for (const auto& [name, graph] : former_graphs()) {
    INFO(name);
    const Machine machine = former_machine(graph, passes, noisy_pcm());
    const Datapath datapath = machine.datapath();
    const TimedRun timed = run_chip(machine, datapath, machine.inputs);
    CHECK(timed.counts == counts_per_pass(machine.program, machine.chip) * passes);
    for (const auto& [threads, batch] : {std::pair{1, 1}, std::pair{1, 3}, std::pair{2, 2}}) {
      const FunctionalResult functional =
          run_functional(datapath, machine.chip, machine.inputs,
                         {.threads = threads, .batch = batch, .progress = {}, .inspect = {}});
      CHECK(same_bytes(functional.outputs, timed.outputs));
      CHECK(functional.counts == timed.counts);
    }
  }
}

TEST_CASE("attention: ideal arrays with enough bits reproduce the float reference to rounding",
          "[engine][numerics]") {
  ChipSpec chip = chip_with_matrix_unit();
  chip.analog = fine_converters();
  chip.vector.format = chip.matrix.format = NumberFormat::Fp32;
  for (const auto& [name, graph] : former_graphs()) {
    INFO(name);
    const Machine machine = former_machine(graph, passes, DeviceSpec{}, chip);
    const std::vector<float> analog =
        run_functional(machine.datapath(), machine.chip, machine.inputs, {.progress = {}, .inspect = {}})
            .outputs;
    const std::vector<float> reference = reference_logits(
        machine.network, machine.images, static_cast<std::size_t>(passes * machine.network.inputs_per_pass));
    float largest = 0.0F, error = 0.0F;
    for (std::size_t i = 0; i < reference.size(); ++i) {
      largest = std::max(largest, std::abs(reference[i]));
      error = std::max(error, std::abs(reference[i] - analog[i]));
    }
    // As for convolutions: 16-bit codes over at most twenty layers in a row, full scale a few times the rms.
    CHECK(error < 1e-3F * std::max(largest, 1.0F));
    CHECK(largest > 0.05F);
  }
}

TEST_CASE("matrix products of a pass are those of the closed forms", "[compiler]") {
  for (const auto& [name, graph] : former_graphs()) {
    INFO(name);
    const ChipSpec chip = chip_with_matrix_unit();
    const Program program = compile(random_network(graph, "n"), chip, {}).program;
    std::int64_t expected = 0;
    for (const Node& node : graph.nodes) {
      // The unit computes masked pairs of softmax attention too.
      if (node.op == OpKind::SoftmaxAttention) REQUIRE(node.sequence.mask == Mask::Full);
      if (node.op == OpKind::Attention || node.op == OpKind::SoftmaxAttention)
        expected += macs_per_pass(graph, node);
    }
    const Counts counts = counts_per_pass(program, chip);
    CHECK(counts.macs == expected);
    CHECK(expected > 0);
    CHECK(energy_by_component(counts, chip).at("matrix") ==
          Approx(static_cast<double>(expected) * chip.matrix.mac_pj * 1e-12).epsilon(1e-12));
  }
}

TEST_CASE("a stage with a state takes and makes every position once, none before what it attends to",
          "[compiler]") {
  for (const int mutual : {0, 1, 4, 7}) {
    Stage stage;
    stage.iterations = 14;
    stage.rows_per_iteration = 3;
    stage.recurrence.positions = 7;
    stage.recurrence.mutual = mutual;
    std::vector<int> taken, made;
    for (int i = 0; i < stage.iterations; ++i) {
      const RecurrenceStep step = step_of(stage.recurrence, i);
      const std::vector<int> rows = rows_made(stage, i);
      CHECK(rows.empty() == step.absorbs);
      if (step.absorbs) {
        taken.push_back(step.position);
        continue;
      }
      CHECK(rows == std::vector<int>{step.position, 7 + step.position, 14 + step.position});
      CHECK(static_cast<int>(taken.size()) == std::max(mutual, step.position + 1));
      made.push_back(step.position);
    }
    CHECK(taken == std::vector<int>{0, 1, 2, 3, 4, 5, 6});
    CHECK(made == taken);
  }
}

TEST_CASE("replicas take rows of all slots in turn", "[compiler][chip][timing]") {
  Stage stage;
  stage.iterations = 12;  // row 4 · slot + y
  stage.slots = 3;
  std::vector<int> replicas;
  for (const int row : {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}) replicas.push_back(replica_of(stage, row, 2));
  CHECK(replicas == std::vector<int>{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1});
  // Sixteen slots of eight positions on arrays that are the slowest part by far. As many copies as divide the
  // positions must not give each of them all slots of one position: a bundle would wait for one copy.
  FormerOptions o = small_former({4, 4});
  o.length = 8;
  o.layers = 1;
  o.mask = Mask::Causal;
  const Network network = random_network(mimoformer(o), "n");
  ChipSpec chip = chip_with_matrix_unit();
  chip.matrix.macs_per_cycle = 4096;
  chip.mvm.latency_ns = chip.mvm.interval_ns = 2000.0;
  const auto interval = [&](int arrays) {
    const Compilation c = compile(network, chip, {.array_budget = arrays});
    std::int64_t bound = 0;
    for (std::size_t s = 0; s < c.partition.stages.size(); ++s)
      bound = std::max(
          bound, stage_cycles(c.partition.stages[s], c.program.work[s], c.replication.replicas[s], chip));
    const TimedRun run = run_timed(
        c.program, chip,
        {.passes = 12, .stop_when_steady = false, .datapath = nullptr, .inputs = {}, .inspect = {}});
    CAPTURE(arrays, bound, c.replication.replicas);
    CHECK(run.timing.cycles_per_pass <= 1.25 * static_cast<double>(bound));
  };
  for (const int arrays : {20, 40, 60, 90}) interval(arrays);
}

TEST_CASE("programs with a state read back from their text", "[compiler]") {
  for (const auto& [name, graph] : former_graphs()) {
    INFO(name);
    const Program program = compile(random_network(graph, "n"), chip_with_matrix_unit(), {}).program;
    CHECK(program_from_text(to_text(program)) == program);
  }
}

TEST_CASE("attention needs a matrix unit", "[compiler][error]") {
  ChipSpec chip = chip_with_matrix_unit();
  chip.matrix.macs_per_cycle = 0;
  CHECK_THROWS_WITH(compile(random_network(mimoformer(small_former({2, 2})), "n"), chip, {}),
                    Catch::Contains("chip.matrix.macs_per_cycle: 0, but l0.attention is attention"));
}
