// SPDX-License-Identifier: Apache-2.0
// Networks of attention on the chip: the state of linear attention and the products of two changing values
// are computed by the digital units, in both engines alike.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "hw/program/geometry.hpp"
#include "models/base/error.hpp"
#include "models/mimo/mimoformer.hpp"
#include "models/nn/reference.hpp"
#include "models/nn/sequence.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

constexpr int passes = 3;

FormerOptions small(Grid grid) {
  FormerOptions options;
  options.grid = grid;
  options.layers = 2;
  options.heads = 2;
  options.channels = 16;
  options.head_channels = 8;
  options.hidden = 24;
  options.features = 16;
  options.vocabulary = 12;
  options.length = 6;
  options.classes = 5;
  return options;
}

/// Networks of every kind, by name.
std::map<std::string, Graph> graphs() {
  std::map<std::string, Graph> all;
  all["Performer"] = mimoformer(small({1, 1}));
  all["2x2 att."] = mimoformer(small({2, 2}));
  FormerOptions mlp = small({2, 3});
  mlp.sharing = Sharing::AttentionAndMlp;
  mlp.readout = Readout::MeanOfPositions;
  all["2x3 att.+MLP"] = mimoformer(mlp);
  FormerOptions causal = small({3, 2});
  causal.mask = Mask::Causal;
  causal.map = FeatureMap::Exp;
  all["3x2 causal, exponential features"] = mimoformer(causal);
  FormerOptions prefix = small({2, 2});
  prefix.mask = Mask::Prefix;
  prefix.prefix = 4;
  prefix.map = FeatureMap::Dpfp;
  Graph& dpfp = all["2x2 prefix, DPFP"] = mimoformer(prefix);
  // Sparse features of untrained bundles have products near zero, and quotients by them no bound on their
  // error: a denominator of at least 0.1 has.
  for (Node& node : dpfp.nodes)
    if (node.op == OpKind::Attention) node.eps = 0.1;
  FormerOptions sub = small({1, 2});
  sub.keys = {2, 2};
  all["1x2 of 2x2 keys"] = mimoformer(sub);
  all["softmax"] = softmax_transformer(small({1, 1}));
  all["DataMUX"] = datamux(small({4, 1}));
  return all;
}

ChipSpec chip_with_matrix_unit() {
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = 12, .cols = 12};
  chip.matrix.macs_per_cycle = 16;
  return chip;
}

struct Machine {
  Network network;
  ChipSpec chip = chip_with_matrix_unit();
  Program program;
  std::vector<float> tokens, inputs;
  std::vector<ConverterRange> ranges;

  Machine(const Graph& graph, const ArraySpec& analog, const DeviceSpec& device)
      : network(random_network(graph, "n")) {
    chip.analog = analog;
    program = compile(network, chip, {}).program;
    const auto count = static_cast<std::size_t>(passes * network.inputs_per_pass);
    tokens = random_tokens(network, count);
    inputs = pass_inputs(network, tokens, count);
    ranges = calibrate(
        network, program, chip, [&](const std::string&) { return device; },
        {.inputs = static_cast<int>(count), .dac_percentile = 100.0, .adc_percentile = 100.0}, tokens);
  }
  [[nodiscard]] Datapath datapath(const DeviceSpec& device) const {
    return {network, program, chip, ranges, {.seed = 7, .chip = 0, .device = [device](const std::string&) {
                                               return device;
                                             }}};
  }
};

}  // namespace

TEST_CASE("attention: the SystemC chip and the functional engine agree bit for bit with all noise on",
          "[engine][numerics]") {
  for (const auto& [name, graph] : graphs()) {
    INFO(name);
    const Machine machine(graph, {}, noisy_pcm());
    const Datapath datapath = machine.datapath(noisy_pcm());
    const TimedRun timed = run_timed(machine.program, machine.chip,
                                     {.passes = passes,
                                      .stop_when_steady = false,
                                      .datapath = &datapath,
                                      .inputs = machine.inputs,
                                      .inspect = {}});
    CHECK(timed.counts == counts_per_pass(machine.program, machine.chip) * passes);
    for (const auto& [threads, batch] : {std::pair{1, 1}, std::pair{1, 3}, std::pair{2, 2}}) {
      const FunctionalResult functional =
          run_functional(datapath, machine.chip, machine.inputs,
                         {.threads = threads, .batch = batch, .progress = {}, .inspect = {}});
      REQUIRE(functional.outputs.size() == timed.outputs.size());
      CHECK(std::memcmp(functional.outputs.data(), timed.outputs.data(),
                        timed.outputs.size() * sizeof(float)) == 0);
      CHECK(functional.counts == timed.counts);
    }
  }
}

TEST_CASE("attention: ideal arrays with enough bits reproduce the float reference to rounding",
          "[engine][numerics]") {
  ArraySpec fine;
  fine.dac.bits = 16;
  fine.dac.input = InputKind::Voltage;
  fine.adc.bits = 24;
  for (const auto& [name, graph] : graphs()) {
    INFO(name);
    Machine machine(graph, fine, DeviceSpec{});
    machine.chip.vector.format = machine.chip.matrix.format = NumberFormat::Fp32;
    const std::vector<float> analog = run_functional(machine.datapath(DeviceSpec{}), machine.chip,
                                                     machine.inputs, {.progress = {}, .inspect = {}})
                                          .outputs;
    const std::vector<float> reference = reference_logits(
        machine.network, machine.tokens, static_cast<std::size_t>(passes * machine.network.inputs_per_pass));
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
  for (const auto& [name, graph] : graphs()) {
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
  for (const auto& [name, graph] : graphs()) {
    INFO(name);
    const Program program = compile(random_network(graph, "n"), chip_with_matrix_unit(), {}).program;
    CHECK(program_from_text(to_text(program)) == program);
  }
}

TEST_CASE("attention needs a matrix unit", "[compiler][error]") {
  ChipSpec chip = chip_with_matrix_unit();
  chip.matrix.macs_per_cycle = 0;
  CHECK_THROWS_WITH(compile(random_network(mimoformer(small({2, 2})), "n"), chip, {}),
                    Catch::Contains("chip.matrix.macs_per_cycle: 0, but l0.attention is attention"));
}
