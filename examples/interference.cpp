// SPDX-License-Identifier: Apache-2.0
// How far the sequences of a grid disturb each other's logits: random networks of one attention, float, on
// ideal arrays with the chip's converters, and with all noise of a device.
//
//   interference [--svg FILE]      the table to standard output, the drawing to FILE
#include "sim/run/interference.hpp"

#include <cmath>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <iostream>
#include <string>
#include <vector>

#include "examples/interference_plot.hpp"
#include "models/base/random.hpp"
#include "models/data/file.hpp"
#include "models/device/exact.hpp"
#include "models/mimo/mimoformer.hpp"
#include "models/nn/reference.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/engine/functional.hpp"

namespace {

using namespace mimosa;

constexpr int networks = 12;  ///< weights, signs, tokens and chip samples drawn for each point
constexpr int passes = 4, calibrated_passes = 4;
constexpr const char* chip_name = "hermes-attention";
constexpr const char* device_name = "pcm-joshi";

FormerOptions options_of(const Grid& grid, int head_channels) {
  FormerOptions o;
  o.grid = grid;
  o.layers = 1;
  o.channels = 64;
  o.head_channels = head_channels;
  o.hidden = o.features = 16;
  o.vocabulary = 64;
  o.length = 16;
  o.mask = Mask::Full;
  return o;
}

/// Weights of variance 1/inputs, norms that only normalise, no biases, signs.
Network random_network(const FormerOptions& options, std::uint64_t seed) {
  Network network;
  network.name = "random";
  network.graph = mimoformer(options);
  network.slots = network.inputs_per_pass = options.grid.size();
  network.modes = {network.slots};
  network.grids = {options.grid};
  for (const Node& node : network.graph.nodes) {
    if (!node.weights_of.empty()) continue;
    for (const auto& [parameter, shape] : parameters(network.graph, node)) {
      double size = 1.0;
      for (const std::int64_t d : shape) size *= static_cast<double>(d);
      Tensor tensor{shape, std::vector<float>(static_cast<std::size_t>(size))};
      const std::string name = node.name + "." + parameter;
      normals(random_key({.seed = seed, .layer = name}, Effect::Weights), 0, 0, 0, tensor.data);
      const auto inputs = size / static_cast<double>(shape[0]);
      for (float& v : tensor.data) {
        if (shape.size() == 1)
          v = parameter == "weight" ? 1.0F : 0.0F;
        else if (node.op == OpKind::Hadamard)
          v = v < 0.0F ? -1.0F : 1.0F;
        else
          v /= static_cast<float>(std::sqrt(inputs));
      }
      network.tensors[name] = std::move(tensor);
    }
  }
  return network;
}

std::vector<float> random_tokens(const Network& network, int count, std::uint64_t seed) {
  const auto length = static_cast<std::size_t>(network.graph.nodes.front().shape.size());
  std::vector<float> tokens(static_cast<std::size_t>(count) * length);
  normals(random_key({.seed = seed, .layer = "tokens"}, Effect::Inputs), 0, 0, 0, tokens);
  // The fraction of a normal times a million is uniform enough for a token.
  for (float& t : tokens) {
    const double part = std::fabs(static_cast<double>(t)) * 1e6;
    t = static_cast<float>(std::fmod(std::floor(part), network.graph.vocabulary));
  }
  return tokens;
}

/// Mean squares over passes and networks.
struct Powers {
  double errors = 0.0, norms = 0.0;
  void add(const InterferenceMeter& meter) {
    errors += meter.error_power();
    norms += meter.own_power();
  }
  [[nodiscard]] double relative() const { return std::sqrt(errors / norms); }
};

class Study {
 public:
  Study() {
    const std::vector<std::string> roots = config_roots("");
    chip_ = load_chip(find_config("chip", chip_name, roots), roots);
    device_ = load_device(find_config("device", device_name, roots), roots);
  }

  InterferencePoint measure(const Grid& grid, int head_channels) const {
    Powers exact, ideal, noisy;
    InterferencePoint point{.sequences = grid.size(), .head_channels = head_channels};
    for (int i = 0; i < networks; ++i) {
      const auto seed = static_cast<std::uint64_t>(i + 1);
      const Network network = random_network(options_of(grid, head_channels), seed);
      const Program program = compile(network, chip_, {}).program;
      const int slots = network.inputs_per_pass;
      const auto calibration = random_tokens(network, calibrated_passes * slots, 1000 + seed);
      const auto device = [this](const std::string&) { return device_; };
      const std::vector<ConverterRange> ranges =
          calibrate(network, program, chip_, device, {.inputs = calibrated_passes * slots}, calibration);
      const std::vector<float> tokens = random_tokens(network, passes * slots, seed);
      const auto inputs = pass_inputs(network, tokens, static_cast<std::size_t>(passes * slots));
      const std::vector<Value> values = run_reference(network, inputs, passes, true);
      const LogitNodes nodes = logit_nodes(network.graph).front();
      InterferenceMeter meter(network.graph, nodes);
      for (int pass = 0; pass < passes; ++pass) meter.add(of_pass(values, pass), of_pass(values, pass));
      exact.add(meter);
      point.law = meter.law();
      const auto on_chip = [&](const DeviceOfLayer& cells) {
        return measured(network, program, {.seed = seed, .chip = 0, .device = cells}, ranges, inputs, values,
                        nodes);
      };
      ideal.add(on_chip([this](const std::string&) { return without_effects(device_); }));
      noisy.add(on_chip(device));
    }
    point.exact = exact.relative();
    point.ideal = ideal.relative();
    point.noisy = noisy.relative();
    return point;
  }

 private:
  static ValueOfNode of_pass(const std::vector<Value>& values, int pass) {
    return [&values, pass](int node) {
      const std::vector<float>& all = values[static_cast<std::size_t>(node)].data;
      return all.data() + all.size() / passes * static_cast<std::size_t>(pass);
    };
  }

  /// Logits of the bundles on a chip, against the float network's own.
  InterferenceMeter measured(const Network& network, const Program& program, const ChipSample& sample,
                             const std::vector<ConverterRange>& ranges, const std::vector<float>& inputs,
                             const std::vector<Value>& values, const LogitNodes& nodes) const {
    InterferenceMeter meter(network.graph, nodes);
    const Datapath datapath(network, program, chip_, ranges, sample);
    FunctionalOptions options{.threads = 1, .batch = passes, .progress = {}, .inspect = {}};
    options.inspect = [&](const PassState& state) {
      for (int pass = 0; pass < state.passes(); ++pass)
        meter.add(of_pass(values, static_cast<int>(state.first_pass()) + pass),
                  [&](int node) { return state.row(node, pass, 0); });
    };
    static_cast<void>(run_functional(datapath, chip_, inputs, options));
    return meter;
  }

  ChipSpec chip_;
  DeviceSpec device_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (!arguments.empty() && (arguments.size() != 2 || arguments[0] != "--svg")) {
      std::cerr << "interference: usage: interference [--svg FILE]\n";
      return 2;
    }
    const Study study;
    std::vector<InterferencePoint> points;
    std::cout
        << "| M × N | D_h | √((MN − 1)/D_h) | float | ideal analog | noisy |\n|---|---|---|---|---|---|\n";
    for (const int head_channels : {16, 32, 64, 128})
      for (const Grid grid : {Grid{1, 1}, Grid{1, 2}, Grid{2, 2}, Grid{2, 4}, Grid{4, 4}}) {
        const InterferencePoint p = study.measure(grid, head_channels);
        std::cout << fmt::format("| {} × {} | {} | {:.3f} | {:.3f} | {:.3f} | {:.3f} |\n", grid.m, grid.n,
                                 head_channels, p.law, p.exact, p.ideal, p.noisy)
                  << std::flush;
        points.push_back(p);
      }
    if (!arguments.empty()) write_file(arguments[1], interference_svg(points));
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "interference: " << error.what() << '\n';
    return 2;
  }
}
