// SPDX-License-Identifier: Apache-2.0
#include "models/nn/sequence.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

std::size_t size(int count) {
  return static_cast<std::size_t>(count);
}

const Node& input_of(const Graph& graph, const Node& node) {
  return graph.nodes[size(node.inputs[0])];
}

}  // namespace

bool is_sequence_op(OpKind op) {
  return op >= OpKind::Embed;
}

std::size_t token_of(const Graph& graph, const Node& node, float value, std::size_t position) {
  if (!(value >= 0.0F && value < static_cast<float>(graph.vocabulary)) || value != std::floor(value))
    throw UserError(fmt::format("node '{}': token {} at position {}; the vocabulary is 0 to {}", node.name,
                                value, position, graph.vocabulary - 1));
  return static_cast<std::size_t>(value);
}

std::size_t source_slot(const Graph& graph, const Node& node, std::size_t slot) {
  const std::size_t n = size(graph.grid.n);
  if (node.sequence.spread == SlotAxis::None) return slot;
  if (input_of(graph, node).slots == 1) return 0;
  return node.sequence.spread == SlotAxis::N ? slot % n : slot / n;
}

void note_signs(Network& network) {
  for (Node& node : network.graph.nodes) {
    if (node.op != OpKind::Hadamard) continue;
    const std::vector<float>& keys = tensor(network, node, "keys").data;
    node.sequence.bipolar =
        std::all_of(keys.begin(), keys.end(), [](float key) { return key == 1.0F || key == -1.0F; });
  }
}

bool is_masked(const Graph& graph, std::size_t slot) {
  return graph.filled > 0 && slot >= size(graph.filled);
}

std::size_t first_of_key_bundle(const Graph& graph, std::size_t m) {
  return m * size(graph.grid.n);
}

std::size_t key_of(const Graph& graph, std::size_t slot) {
  const std::size_t n = size(graph.grid.n);
  return slot / n * size(graph.key_grid.n) + slot % n;
}

std::vector<int> summed_slots(const Graph& graph, const Node& node, int slot) {
  const Grid& grid = graph.grid;
  std::vector<int> slots;
  for (int b = 0; b < grid.size(); ++b) {
    const SlotAxis over = node.sequence.over;
    if (over == SlotAxis::Both || (over == SlotAxis::M ? b % grid.n : b / grid.n) == slot) slots.push_back(b);
  }
  return slots;
}

float grid_factor(const Graph& graph, const Node& node) {
  const double scale = node.sequence.scale;
  return static_cast<float>(
      node.sequence.grid_scale ? scale / std::sqrt(static_cast<double>(graph.grid.size())) : scale);
}

LinearAttention linear_attention_sizes(const Graph& graph, const Node& node) {
  return {.m = size(graph.grid.m),
          .n = size(graph.grid.n),
          .positions = size(node.shape.height),
          .heads = size(node.shape.width),
          .features = size(input_of(graph, node).shape.channels),
          .channels = size(node.shape.channels),
          .mutual = size(mutual_positions(node.sequence, node.shape.height)),
          .pooled = node.sequence.pooled,
          .eps = node.eps};
}

SoftmaxAttention softmax_attention_sizes(const Graph& graph, const Node& node) {
  const Shape& q = input_of(graph, node).shape;
  return {.positions = size(q.height),
          .heads = size(q.width),
          .channels = size(q.channels),
          .value_channels = size(node.shape.channels),
          .mutual = size(mutual_positions(node.sequence, q.height)),
          .scale = node.sequence.scale};
}

}  // namespace mimosa
