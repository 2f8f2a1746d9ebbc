// SPDX-License-Identifier: Apache-2.0
// Noise on a part of a network: a chip put together layer by layer from a noisy and an ideal one is the
// oracle.
#include <cstring>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "models/mimo/mimoformer.hpp"
#include "models/nn/reference.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/config/experiment.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/classifier.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

constexpr int passes = 3;
const FunctionalOptions one_thread = {.threads = 1, .batch = 2, .progress = {}, .inspect = {}};

FormerOptions small_2x2() {
  FormerOptions options;
  options.grid = {2, 2};
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

struct Machine {
  Network network = random_network(mimoformer(small_2x2()), "n");
  Experiment experiment;
  Program program;
  std::vector<float> inputs;
  std::vector<ConverterRange> ranges;

  Machine() {
    experiment.chip = small_chip();
    experiment.chip.mesh = {.rows = 12, .cols = 12};
    experiment.chip.matrix.macs_per_cycle = 16;
    experiment.device = noisy_pcm();
    program = compile(network, experiment.chip, {}).program;
    const auto count = static_cast<std::size_t>(passes * network.inputs_per_pass);
    const std::vector<float> tokens = random_tokens(network, count);
    inputs = pass_inputs(network, tokens, count);
    ranges = calibrate(network, program, experiment.chip, devices_of(experiment),
                       {.inputs = static_cast<int>(count)}, tokens);
  }
  /// Chip sample 0 with noise in the layers of these globs.
  [[nodiscard]] Datapath datapath(const std::vector<std::string>& noise_layers) const {
    Experiment e = experiment;
    e.noise_layers = noise_layers;
    return {network, program, e.chip, ranges, {.seed = 7, .chip = 0, .device = [e](const std::string& layer) {
                                                 return device_for_layer(e, layer);
                                               }}};
  }
};

bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("noise_layers put a noisy chip's layers among ideal ones, in both engines", "[engine]") {
  const Machine m;
  const Datapath noisy = m.datapath({"*"}), ideal = m.datapath({"no such layer"});
  const auto outputs = [&](const Datapath& d) {
    return run_functional(d, m.experiment.chip, m.inputs, one_thread).outputs;
  };
  for (const std::vector<std::string>& globs :
       {std::vector<std::string>{"l?.q", "l?.k", "l?.v", "l?.o"}, std::vector<std::string>{"*_omega"}}) {
    INFO(globs.front());
    const Datapath partly = m.datapath(globs);
    Experiment e;
    e.noise_layers = globs;
    std::vector<const Datapath*> mixed;
    for (const Stage& stage : m.program.stages) mixed.push_back(has_noise(e, stage.analog) ? &noisy : &ideal);
    const std::vector<float> functional = outputs(partly);
    CHECK(same_bytes(functional, run_functional(mixed, m.experiment.chip, m.inputs, one_thread).outputs));
    CHECK(!same_bytes(functional, outputs(noisy)));
    CHECK(!same_bytes(functional, outputs(ideal)));
    const TimedRun timed = run_timed(m.program, m.experiment.chip,
                                     {.passes = passes,
                                      .stop_when_steady = false,
                                      .datapath = &partly,
                                      .inputs = m.inputs,
                                      .inspect = {}});
    CHECK(same_bytes(functional, timed.outputs));
  }
}
