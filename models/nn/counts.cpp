// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>

#include "models/nn/graph.hpp"

namespace mimosa {
namespace {

const Node& input_of(const Graph& graph, const Node& node, std::size_t number = 0) {
  return graph.nodes[static_cast<std::size_t>(node.inputs[number])];
}

/// Drawn at random and never trained: keys of a grid, and the matrix Ω of random features.
bool is_random(const Graph& graph, const Node& node) {
  if (node.op == OpKind::Hadamard) return true;
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& reader) {
    return reader.op == OpKind::RandomFeatures && input_of(graph, reader).name == node.name;
  });
}

/// A (M·L·H·R·D), num (N·L·H·R·D) and den (G·L·H·R, pooled N·L·H·R).
std::int64_t attention_macs(const Graph& graph, const Node& node) {
  const Node &q = input_of(graph, node), &k = input_of(graph, node, 1);
  const std::int64_t positions = std::int64_t{node.shape.height} * node.shape.width;
  const std::int64_t state = std::int64_t{q.shape.channels} * node.shape.channels;
  return positions * ((k.slots + q.slots) * state + std::int64_t{node.slots} * q.shape.channels);
}

/// q·k and the weighted sum of v over the pairs of positions that attend.
std::int64_t softmax_macs(const Graph& graph, const Node& node) {
  const std::int64_t length = node.shape.height, mutual = mutual_positions(node.sequence, node.shape.height);
  const std::int64_t pairs = mutual * mutual + (length * (length + 1) - mutual * (mutual + 1)) / 2;
  const std::int64_t channels = input_of(graph, node).shape.channels + node.shape.channels;
  return node.slots * pairs * node.shape.width * channels;
}

}  // namespace

std::int64_t parameter_count(const Graph& graph) {
  std::int64_t count = 0;
  for (const Node& node : graph.nodes) {
    if (!node.weights_of.empty() || is_random(graph, node)) continue;
    for (const auto& [name, shape] : parameters(graph, node)) {
      if (name.rfind("running_", 0) == 0) continue;
      std::int64_t size = 1;
      for (const std::int64_t n : shape) size *= n;
      count += size;
    }
  }
  return count;
}

std::int64_t macs_per_pass(const Graph& graph, const Node& node) {
  if (node.inputs.empty()) return 0;
  const Shape& in = input_of(graph, node).shape;
  const std::int64_t positions = std::int64_t{node.shape.height} * node.shape.width;
  const std::int64_t channels = in.channels;
  switch (node.op) {
    case OpKind::Conv2d:
      return node.slots * positions * node.kernel * node.kernel * channels * node.out_channels;
    case OpKind::Linear:
      return node.slots * channels * node.out_channels;
    case OpKind::Bind:
    case OpKind::Unbind:
      return node.slots * positions * channels * channels;
    case OpKind::Attention:
      return attention_macs(graph, node);
    case OpKind::SoftmaxAttention:
      return softmax_macs(graph, node);
    default:
      return 0;
  }
}

std::int64_t macs_per_pass(const Graph& graph) {
  std::int64_t sum = 0;
  for (const Node& node : graph.nodes) sum += macs_per_pass(graph, node);
  return sum;
}

}  // namespace mimosa
