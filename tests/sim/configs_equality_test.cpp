// SPDX-License-Identifier: Apache-2.0
// Both engines agree on every trained network of the project, on a chip that runs all of them, and its data.
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <catch2/catch.hpp>

#include "models/data/safetensors.hpp"
#include "models/nn/reference.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/network_reader.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/network_images.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

const std::vector<std::string> roots = {std::string(MIMOSA_SOURCE) + "/configs"};

std::vector<float> inputs_of(const Network& network, Split split, std::size_t count) {
  return normalised(asked_of(network, split), 0, count, network.input_mean, network.input_std);
}

/// Modes of all networks with weights, counted in the weights and in the logits that PyTorch gave for each
/// mode.
std::size_t stored_modes() {
  const std::filesystem::path source = MIMOSA_SOURCE;
  std::size_t modes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source / "configs/network")) {
    if (entry.path().extension() != ".safetensors") continue;
    const std::string logits = entry.path().stem().string() + "_logits.safetensors";
    for (const auto& [name, tensor] : read_safetensors((source / "tests/data" / logits).string()).tensors)
      modes += name.starts_with("logits") ? 1 : 0;
  }
  return modes;
}

void check_engines_agree(const Network& network, const ChipSpec& chip, int passes) {
  const Program program = compile(network, chip, {}).program;
  const auto ranges = calibrate(
      network, program, chip, [](const std::string&) { return noisy_pcm(); }, {},
      inputs_of(network, Split::HeldOut, 16));
  const Datapath datapath(network, program, chip, ranges,
                          {.seed = 3, .chip = 1, .device = [](const std::string&) { return noisy_pcm(); }});
  const auto count = static_cast<std::size_t>(passes * network.inputs_per_pass);
  const std::vector<float> inputs = pass_inputs(network, inputs_of(network, Split::HeldOut, count), count);
  const FunctionalResult functional =
      run_functional(datapath, chip, inputs, {.threads = 2, .batch = 1, .progress = {}, .inspect = {}});
  TimedOptions options;
  options.passes = passes;
  options.stop_when_steady = false;
  options.datapath = &datapath;
  options.inputs = inputs;
  const TimedRun timed = run_timed(program, chip, options);
  REQUIRE(functional.outputs.size() == timed.outputs.size());
  CHECK(std::memcmp(functional.outputs.data(), timed.outputs.data(), timed.outputs.size() * sizeof(float)) ==
        0);
  CHECK(functional.counts == timed.counts);
}

}  // namespace

TEST_CASE("both engines agree bit for bit on every network with weights", "[engine][numerics]") {
  ChipSpec chip = load_chip(find_config("chip", "hermes-attention", roots), roots);
  chip.buffer.bytes *= 2;  // for networks of pixels, as in pixel_sequences.yaml
  const int passes = std::getenv("MIMOSA_TEST_PASSES") == nullptr ? 3 : 1;
  std::size_t checked = 0;
  for (const ConfigListing& listing : list_configs("network", roots)) {
    const std::vector<int> modes = read_network(listing.path, 0, false).modes;
    for (const int mode : modes) {
      const Network network = read_network(listing.path, mode, true);
      if (network.tensors.empty()) continue;
      INFO(listing.name << " with " << mode << " inputs per pass");
      check_engines_agree(network, chip, passes);
      ++checked;
    }
  }
  CHECK(checked == stored_modes());
}
