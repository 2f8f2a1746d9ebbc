// SPDX-License-Identifier: Apache-2.0
// A pass with fewer sequences than its grid has slots: the others are masked, and their results dropped.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "models/nn/reference.hpp"
#include "tests/support/former_graphs.hpp"

using namespace mimosa;

namespace {

constexpr int passes = 2;

/// A machine whose last pass holds one sequence fewer than it could.
struct Partial {
  Machine machine;
  std::size_t count;
  int last_filled;

  Partial(const Graph& graph, const DeviceSpec& device, const ChipSpec& chip, SignPlace signs)
      : machine(former_machine(graph, passes, device, chip, {.signs = signs})),
        count(static_cast<std::size_t>(passes * machine.network.inputs_per_pass) - 1),
        last_filled(machine.network.inputs_per_pass - 1) {}

  /// Converter ranges that masked passes fit into as well.
  void widen_ranges() {
    Network masked = machine.network;
    masked.graph.filled = last_filled;
    const std::vector<ConverterRange> others = calibrate(
        masked, machine.program, machine.chip, [](const std::string&) { return DeviceSpec{}; },
        {.dac_percentile = 100.0, .adc_percentile = 100.0}, machine.images);
    for (std::size_t s = 0; s < others.size(); ++s) {
      machine.ranges[s].dac = std::max(machine.ranges[s].dac, others[s].dac);
      machine.ranges[s].adc[0] = std::max(machine.ranges[s].adc[0], others[s].adc[0]);
    }
  }

  [[nodiscard]] FunctionalResult run(std::span<const float> inputs, int threads = 1, int batch = 32,
                                     bool masked = true) const {
    return run_functional(machine.datapath(), machine.chip, inputs,
                          {.threads = threads,
                           .batch = batch,
                           .last_filled = masked ? last_filled : 0,
                           .progress = {},
                           .inspect = {}});
  }
  /// Of the sequences that are there.
  [[nodiscard]] std::vector<float> kept(std::vector<float> outputs) const {
    outputs.resize(count * static_cast<std::size_t>(machine.network.graph.output().shape.size()));
    return outputs;
  }
};

float largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  float largest = 0.0F;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

template <class Use>
void for_grids(const Use& use) {
  std::map<std::string, Graph> graphs = former_graphs();
  FormerOptions empty_bundle = small_former({2, 1});  // a key bundle without a sequence
  empty_bundle.sharing = Sharing::AttentionAndMlp;
  empty_bundle.map = FeatureMap::Exp;
  graphs["2x1 att.+MLP, exponential features"] = mimoformer(empty_bundle);
  for (const auto& [name, graph] : graphs)
    for (const SignPlace signs : {SignPlace::Digital, SignPlace::Crossbar}) {
      if (graph.grid.size() < 2) continue;
      INFO(name << (signs == SignPlace::Crossbar ? ", signed copies" : ""));
      use(graph, signs);
    }
}

}  // namespace

TEST_CASE("a partial grid on ideal arrays is that of the float reference, whose masked slots are zero",
          "[engine][numerics]") {
  ChipSpec chip = chip_with_matrix_unit();
  chip.analog = fine_converters();
  chip.vector.format = chip.matrix.format = NumberFormat::Fp32;
  for_grids([&](const Graph& graph, SignPlace signs) {
    Partial p(graph, DeviceSpec{}, chip, signs);
    p.widen_ranges();
    const std::size_t size = p.machine.images.size() / (p.count + 1);
    const std::span<const float> images = std::span(p.machine.images).first(p.count * size);
    const std::vector<float> reference = reference_logits(p.machine.network, images, p.count);
    float largest = 1.0F;
    for (const float v : reference) largest = std::max(largest, std::abs(v));
    // As for full passes (attention_chip_test).
    CHECK(largest_difference(p.kept(p.run(p.machine.inputs).outputs), reference) < 1e-3F * largest);
    // A full pass is another one.
    CHECK(largest_difference(p.kept(p.run(p.machine.inputs, 1, 32, false).outputs), reference) >
          1e-3F * largest);
  });
}

TEST_CASE("what stands in masked slots changes nothing, and both engines mask them, with all noise on",
          "[engine][numerics]") {
  for_grids([](const Graph& graph, SignPlace signs) {
    const Partial p(graph, noisy_pcm(), chip_with_matrix_unit(), signs);
    const std::vector<float> outputs = p.run(p.machine.inputs).outputs;
    std::vector<float> other = p.machine.inputs;
    const std::size_t size = other.size() / (p.count + 1);
    std::fill(other.end() - static_cast<std::ptrdiff_t>(size), other.end(), 3.0F);
    CHECK(same_bytes(p.kept(outputs), p.kept(p.run(other).outputs)));
    CHECK_FALSE(same_bytes(p.kept(outputs), p.kept(p.run(other, 1, 32, false).outputs)));
    for (const auto& [threads, batch] : {std::pair{1, 1}, std::pair{2, 2}})
      CHECK(same_bytes(outputs, p.run(p.machine.inputs, threads, batch).outputs));
    const Datapath datapath = p.machine.datapath();
    const TimedRun timed = run_timed(p.machine.program, p.machine.chip,
                                     {.passes = passes,
                                      .stop_when_steady = false,
                                      .datapath = &datapath,
                                      .inputs = p.machine.inputs,
                                      .last_filled = p.last_filled,
                                      .inspect = {}});
    CHECK(same_bytes(outputs, timed.outputs));
    CHECK(p.run(p.machine.inputs).counts == timed.counts);
  });
}
