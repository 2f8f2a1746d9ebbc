// SPDX-License-Identifier: Apache-2.0
// Networks of attention on the chip: the state of linear attention and the products of two changing values
// are computed by the digital units, in both engines alike.
#include <algorithm>
#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "hw/program/geometry.hpp"
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
