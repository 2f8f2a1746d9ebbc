// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "models/base/kernels.hpp"
#include "models/digital/sequence_ops.hpp"
#include "models/nn/reference_ops.hpp"
#include "models/nn/sequence.hpp"

namespace mimosa {
namespace {

using Values = std::vector<float>;
using Inputs = std::span<const std::span<const float>>;

constexpr Rounding fp32{};

std::size_t size(int count) {
  return static_cast<std::size_t>(count);
}

const Node& input_of(const Graph& graph, const Node& node, std::size_t number = 0) {
  return graph.nodes[size(node.inputs[number])];
}

Values embed(const Graph& graph, const Node& node, const NodeWeights& weights,
             std::span<const float> tokens) {
  const std::size_t channels = size(node.shape.channels), length = size(node.shape.height);
  Values y(tokens.size() * channels);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::span<float> out(y.data() + i * channels, channels);
    const std::size_t position = size(weights.first_position) + i % length;
    const auto row = token_of(graph, node, tokens[i], position) * channels;
    std::copy_n(weights.scale.begin() + static_cast<std::ptrdiff_t>(row), channels, out.begin());
    add(std::span(weights.shift).subspan(position * channels, channels), out);
  }
  return y;
}

/// Slot (m, n) of the grid from the slot of `x` that `spread` names, times key (m, n).
Values hadamard(const Graph& graph, const Node& node, const NodeWeights& weights, std::span<const float> x,
                std::size_t passes) {
  const std::size_t map = size(node.shape.size()), channels = size(node.shape.channels);
  const std::size_t slots = size(node.slots), from = size(input_of(graph, node).slots);
  Values y(passes * slots * map);
  for (std::size_t i = 0; i < passes * slots; ++i) {
    const std::size_t slot = i % slots;
    if (is_masked(graph, slot)) continue;  // zeros
    const std::size_t source = i / slots * from + source_slot(graph, node, slot);
    const std::span<float> out(y.data() + i * map, map);
    std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(source * map), map, out.begin());
    multiply_channels(out, std::span(weights.scale).subspan(key_of(graph, slot) * channels, channels), fp32);
  }
  return y;
}

Values grid_sum(const Graph& graph, const Node& node, std::span<const float> x, std::size_t passes) {
  const std::size_t map = size(node.shape.size()), from = size(input_of(graph, node).slots);
  Values y(passes * size(node.slots) * map);
  for (std::size_t i = 0; i < passes * size(node.slots); ++i) {
    const std::span<float> sum(y.data() + i * map, map);
    bool first = true;
    for (const int slot : summed_slots(graph, node, static_cast<int>(i % size(node.slots)))) {
      const std::span<const float> term = x.subspan((i / size(node.slots) * from + size(slot)) * map, map);
      if (first)
        std::copy(term.begin(), term.end(), sum.begin());
      else
        add(term, sum);
      first = false;
    }
  }
  multiply(y, grid_factor(graph, node), fp32);
  return y;
}

Values random_features(const Graph& graph, const Node& node, Inputs inputs, std::size_t passes) {
  Values y(inputs[0].begin(), inputs[0].end());
  const std::size_t features = size(node.shape.channels), slots = size(node.slots),
                    map = size(node.shape.size());
  if (node.sequence.kind == FeatureKind::Relu) relu_features(y, node.eps, fp32);
  if (node.sequence.kind == FeatureKind::ExpQuery) exp_query_features(y, features, node.eps, fp32);
  if (node.sequence.kind != FeatureKind::ExpKey) return y;
  exp_key_features(y, features, inputs[1], node.eps, fp32);
  for (std::size_t i = 0; i < passes * slots; ++i)
    if (is_masked(graph, first_of_key_bundle(graph, i % slots)))
      std::fill_n(y.begin() + static_cast<std::ptrdiff_t>(i * map), map, static_cast<float>(node.eps));
  return y;
}

Values attention(const Graph& graph, const Node& node, Inputs inputs, std::size_t passes) {
  const LinearAttention sizes = linear_attention_sizes(graph, node);
  Values y(passes * size(node.slots) * size(node.shape.size()));
  const auto part = [&](std::span<const float> x, std::size_t pass) {
    return x.subspan(pass * (x.size() / passes), x.size() / passes);
  };
  for (std::size_t p = 0; p < passes; ++p)
    linear_attention(sizes, part(inputs[0], p), part(inputs[1], p), part(inputs[2], p),
                     std::span(y).subspan(p * (y.size() / passes), y.size() / passes), fp32);
  return y;
}

Values softmax(const Graph& graph, const Node& node, Inputs inputs, std::size_t passes) {
  const SoftmaxAttention sizes = softmax_attention_sizes(graph, node);
  const std::size_t maps = passes * size(node.slots), map = size(node.shape.size());
  const std::size_t keys = size(input_of(graph, node).shape.size());
  Values y(maps * map);
  for (std::size_t i = 0; i < maps; ++i)
    softmax_attention(sizes, inputs[0].subspan(i * keys, keys), inputs[1].subspan(i * keys, keys),
                      inputs[2].subspan(i * map, map), std::span(y).subspan(i * map, map), fp32);
  return y;
}

Values row(const Graph& graph, const Node& node, std::span<const float> x) {
  const Shape& in = input_of(graph, node).shape;
  const std::size_t map = size(in.size()), width = size(node.shape.size());
  const int index = node.sequence.index < 0 ? in.height - 1 : node.sequence.index;
  Values y;
  for (std::size_t first = size(index) * width; first < x.size(); first += map) {
    const auto begin = x.begin() + static_cast<std::ptrdiff_t>(first);
    y.insert(y.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return y;
}

Values per_position(std::span<const float> x, std::size_t channels, const Node& node) {
  Values y(x.size() / channels * size(node.shape.channels));
  dpfp(x, channels, node.sequence.nu, y, fp32);
  return y;
}

}  // namespace

std::vector<float> evaluate_sequence(const Graph& graph, const Node& node, const NodeWeights& weights,
                                     Inputs inputs, std::size_t passes) {
  const std::span<const float> x = inputs[0];
  switch (node.op) {
    case OpKind::Embed:
      return embed(graph, node, weights, x);
    case OpKind::Hadamard:
      return hadamard(graph, node, weights, x, passes);
    case OpKind::GridSum:
      return grid_sum(graph, node, x, passes);
    case OpKind::RandomFeatures:
      return random_features(graph, node, inputs, passes);
    case OpKind::Dpfp:
      return per_position(x, size(input_of(graph, node).shape.channels), node);
    case OpKind::Attention:
      return attention(graph, node, inputs, passes);
    case OpKind::SoftmaxAttention:
      return softmax(graph, node, inputs, passes);
    case OpKind::Row:
      return row(graph, node, x);
    default:
      break;
  }
  Values y(x.begin(), x.end());  // Heads, JoinHeads: the same bytes
  if (node.op == OpKind::LayerNorm) layer_norm(y, weights.scale, weights.shift, node.eps, fp32);
  return y;
}

}  // namespace mimosa
