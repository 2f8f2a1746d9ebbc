// SPDX-License-Identifier: Apache-2.0
// How far the sequences of a grid disturb each other's logits: random networks of one attention, float, on
// ideal arrays with the chip's converters, and with all noise of a device.
//
//   interference [--svg FILE]      the table to standard output, the drawing to FILE
//   interference NETWORK …         every attention of trained networks instead, names or paths of their YAML
#include "sim/run/interference.hpp"

#include <cmath>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "examples/interference_plot.hpp"
#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "models/data/dataset.hpp"
#include "models/data/file.hpp"
#include "models/device/exact.hpp"
#include "models/mimo/mimoformer.hpp"
#include "models/nn/reference.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/network_reader.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/engine/functional.hpp"

namespace {

using namespace mimosa;

constexpr int networks = 12;  ///< weights, signs, tokens and chip samples drawn for each point
constexpr int passes = 4, calibrated_passes = 4;
constexpr std::size_t calibration_inputs = 512;  ///< of trained networks, as in runs
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

/// Tokens that fit the converters' ranges, and those that are measured.
struct Sequences {
  std::vector<float> calibration, measured;
};

/// Mean squares of one attention over passes and networks, on one kind of arithmetic.
struct Powers {
  double errors = 0.0, norms = 0.0;
  void add(const InterferenceMeter& meter) {
    errors += meter.error_power();
    norms += meter.own_power();
  }
  [[nodiscard]] double relative() const { return std::sqrt(errors / norms); }
};
struct AttentionPowers {
  Powers exact, ideal, noisy;
};

class Study {
 public:
  Study() : roots_(config_roots("")) {
    chip_ = load_chip(find_config("chip", chip_name, roots_), roots_);
    device_ = load_device(find_config("device", device_name, roots_), roots_);
  }

  [[nodiscard]] InterferencePoint of_random(const Grid& grid, int head_channels) const {
    std::vector<AttentionPowers> powers(1);
    double law = 0.0;
    for (std::uint64_t seed = 1; seed <= networks; ++seed) {
      const Network network = random_network(options_of(grid, head_channels), seed);
      const int slots = network.inputs_per_pass;
      add(network,
          {random_tokens(network, calibrated_passes * slots, 1000 + seed),
           random_tokens(network, passes * slots, seed)},
          seed, powers);
      law = InterferenceMeter(network.graph, logit_nodes(network.graph).front()).law();
    }
    return point(powers.front(), grid, head_channels, law);
  }

  /// Every attention of a trained network, by its node's name, on sequences that neither trained nor test it.
  [[nodiscard]] std::vector<std::pair<std::string, InterferencePoint>> of_trained(
      const std::string& name) const {
    const Network network = read_network(find_config_or_path("network", name, "", roots_), 0, true);
    const std::vector<LogitNodes> nodes = logit_nodes(network.graph);
    const Dataset data = load_dataset(network, Split::HeldOut);
    const auto count = static_cast<std::size_t>(passes * network.inputs_per_pass);
    std::vector<AttentionPowers> powers(nodes.size());
    std::size_t first = calibration_inputs;
    for (std::uint64_t seed = 1; seed <= networks; ++seed, first += count)
      add(network,
          {normalised(data, 0, calibration_inputs, 0.0, 1.0), normalised(data, first, count, 0.0, 1.0)}, seed,
          powers);
    std::vector<std::pair<std::string, InterferencePoint>> points;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const int width = network.graph.nodes[static_cast<std::size_t>(nodes[i].q)].shape.channels;
      points.emplace_back(nodes[i].attention, point(powers[i], network.graph.grid, width,
                                                    InterferenceMeter(network.graph, nodes[i]).law()));
    }
    return points;
  }

 private:
  static InterferencePoint point(const AttentionPowers& p, const Grid& grid, int head_channels, double law) {
    return {grid.size(), head_channels, law, p.exact.relative(), p.ideal.relative(), p.noisy.relative()};
  }

  /// Adds what one network and one chip sample give to the powers of its attentions, in order.
  void add(const Network& network, const Sequences& sequences, std::uint64_t seed,
           std::vector<AttentionPowers>& powers) const {
    const Program program = compile(network, chip_, {}).program;
    const std::vector<LogitNodes> nodes = logit_nodes(network.graph);
    const auto device = [this](const std::string&) { return device_; };
    const auto length = static_cast<std::size_t>(network.graph.nodes.front().shape.size());
    const std::vector<ConverterRange> ranges =
        calibrate(network, program, chip_, device,
                  {.inputs = static_cast<int>(sequences.calibration.size() / length)}, sequences.calibration);
    const auto inputs = pass_inputs(network, sequences.measured, sequences.measured.size() / length);
    const std::vector<Value> values = run_reference(network, inputs, passes, true);
    const auto on_chip = [&](const DeviceOfLayer& cells) {
      return measured(network, program, {.seed = seed, .chip = 0, .device = cells}, ranges, inputs, values);
    };
    const auto ideal = on_chip([this](const std::string&) { return without_effects(device_); });
    const auto noisy = on_chip(device);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      InterferenceMeter exact(network.graph, nodes[i]);
      for (int pass = 0; pass < passes; ++pass) exact.add(of_pass(values, pass), of_pass(values, pass));
      powers[i].exact.add(exact);
      powers[i].ideal.add(ideal[i]);
      powers[i].noisy.add(noisy[i]);
    }
  }

  static ValueOfNode of_pass(const std::vector<Value>& values, int pass) {
    return [&values, pass](int node) {
      const std::vector<float>& all = values[static_cast<std::size_t>(node)].data;
      return all.data() + all.size() / passes * static_cast<std::size_t>(pass);
    };
  }

  /// Logits of the bundles on a chip, against the float network's own; a meter for every attention.
  [[nodiscard]] std::vector<InterferenceMeter> measured(const Network& network, const Program& program,
                                                        const ChipSample& sample,
                                                        const std::vector<ConverterRange>& ranges,
                                                        const std::vector<float>& inputs,
                                                        const std::vector<Value>& values) const {
    std::vector<InterferenceMeter> meters;
    for (const LogitNodes& nodes : logit_nodes(network.graph)) meters.emplace_back(network.graph, nodes);
    const Datapath datapath(network, program, chip_, ranges, sample);
    FunctionalOptions options{.threads = 1, .batch = passes, .progress = {}, .inspect = {}};
    options.inspect = [&](const PassState& state) {
      for (int pass = 0; pass < state.passes(); ++pass)
        for (InterferenceMeter& meter : meters)
          meter.add(of_pass(values, static_cast<int>(state.first_pass()) + pass),
                    [&](int node) { return state.row(node, pass, 0); });
    };
    static_cast<void>(run_functional(datapath, chip_, inputs, options));
    return meters;
  }

  std::vector<std::string> roots_;
  ChipSpec chip_;
  DeviceSpec device_;
};

void print(const std::string& what, const InterferencePoint& p) {
  std::cout << fmt::format("| {} | {} | {:.3f} | {:.3f} | {:.3f} | {:.3f} |\n", what, p.head_channels, p.law,
                           p.exact, p.ideal, p.noisy)
            << std::flush;
}

void print_head(const char* what) {
  std::cout << "| " << what
            << " | D_h | √((MN − 1)/D_h) | float | ideal analog | noisy |\n|---|---|---|---|---|---|\n";
}

void random_networks(const Study& study, const std::string& svg) {
  print_head("M × N");
  std::vector<InterferencePoint> points;
  for (const int head_channels : {16, 32, 64, 128})
    for (const Grid grid : {Grid{1, 1}, Grid{1, 2}, Grid{2, 2}, Grid{2, 4}, Grid{4, 4}}) {
      points.push_back(study.of_random(grid, head_channels));
      print(fmt::format("{} × {}", grid.m, grid.n), points.back());
    }
  if (!svg.empty()) write_file(svg, interference_svg(points));
}

void trained_networks(const Study& study, const std::vector<std::string>& names) {
  print_head("attention");
  for (const std::string& name : names)
    for (const auto& [attention, point] : study.of_trained(name)) print(name + ": " + attention, point);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const bool draws = !arguments.empty() && arguments[0] == "--svg";
    if (draws && arguments.size() != 2) throw UserError("usage: interference [--svg FILE | NETWORK …]");
    const Study study;
    if (arguments.empty() || draws)
      random_networks(study, draws ? arguments[1] : "");
    else
      trained_networks(study, arguments);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "interference: " << error.what() << '\n';
    return 2;
  }
}
