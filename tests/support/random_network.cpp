// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_network.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "models/base/random.hpp"

namespace mimosa {
namespace {

/// What a parameter's random values look like: offset + scale · normal.
struct Law {
  double offset = 0.0, scale = 0.0;
};

Law law_of(const std::string& parameter, const std::vector<std::int64_t>& shape) {
  double fan_in = 1.0;
  for (std::size_t d = 1; d < shape.size(); ++d) fan_in *= static_cast<double>(shape[d]);
  if (parameter == "running_var") return {1.0, 0.1};
  if (parameter == "running_mean" || parameter == "bias") return {0.0, 0.1};
  if (shape.size() == 1) return {parameter == "weight" ? 0.8 : 0.0, 0.1};  // batch-norm weights, PReLU slopes
  return {0.0, 1.0 / std::sqrt(fan_in)};
}

}  // namespace

Network random_network(const Graph& graph, const std::string& name, std::uint64_t seed) {
  Network network;
  network.name = name;
  network.graph = graph;
  for (const Node& node : graph.nodes) network.slots = std::max(network.slots, node.slots);
  network.inputs_per_pass = graph.output().slots;
  network.modes = {network.inputs_per_pass};
  if (graph.grid.size() > 0) network.grids = {graph.grid};
  for (const Node& node : graph.nodes) {
    if (!node.weights_of.empty()) continue;
    for (const auto& [parameter, shape] : parameters(graph, node)) {
      std::size_t size = 1;
      for (const std::int64_t d : shape) size *= static_cast<std::size_t>(d);
      Tensor tensor{shape, std::vector<float>(size)};
      const std::string full = node.name + "." + parameter;
      normals(random_key({.seed = seed, .chip = 0, .layer = full}, Effect::Weights), 0, 0, 0, tensor.data);
      const Law law = law_of(parameter, shape);
      for (float& value : tensor.data) value = static_cast<float>(law.offset + law.scale * value);
      if (node.op == OpKind::Hadamard)
        for (float& value : tensor.data) value = value < 0.0F ? -1.0F : 1.0F;
      network.tensors[full] = std::move(tensor);
    }
  }
  return network;
}

Network small_mimoconv(int slots, int inputs) {
  const Graph graph = mimoconv({.slots = slots,
                                .inputs_per_pass = inputs,
                                .width = 2,
                                .initial_width = 1,
                                .blocks = {1, 1},
                                .stem_stride = 2,
                                .input = {1, 12, 12},
                                .classes = 10});
  return random_network(graph, "small_n" + std::to_string(slots));
}

std::vector<float> random_images(const Network& network, std::size_t count, std::uint64_t seed) {
  std::vector<float> images(count * static_cast<std::size_t>(network.graph.nodes.front().shape.size()));
  normals(random_key({.seed = seed, .chip = 0, .layer = "images"}, Effect::Inputs), 0, 0, 0, images);
  return images;
}

std::vector<float> random_tokens(const Network& network, std::size_t count, std::uint64_t seed) {
  std::vector<float> tokens = random_images(network, count, seed);
  uniforms(random_key({.seed = seed, .chip = 0, .layer = "tokens"}, Effect::Inputs), 0, 0, 0, tokens);
  for (float& token : tokens) token = std::floor(token * static_cast<float>(network.graph.vocabulary));
  return tokens;
}

}  // namespace mimosa
