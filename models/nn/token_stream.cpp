// SPDX-License-Identifier: Apache-2.0
#include "models/nn/token_stream.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/nn/infer.hpp"
#include "models/nn/sequence.hpp"

namespace mimosa {
namespace {

/// UserError where the node needs more than its position and a state.
void check_causal(const Node& node) {
  const bool pool = node.op == OpKind::AvgPool || node.op == OpKind::MaxPool;
  if (node.op == OpKind::Attention && node.sequence.mask != Mask::Causal)
    refuse(node, "attends to later positions; token by token only with mask: causal");
  if (node.op == OpKind::SoftmaxAttention)
    refuse(node, "softmax attention remembers every position; token by token only with linear attention");
  if (pool || (node.op == OpKind::Conv2d && node.kernel > 1) ||
      (node.op == OpKind::Row && node.sequence.index != -1))
    refuse(node, "reads other positions; token by token only the last one");
}

}  // namespace

TokenStream::TokenStream(const Network& network) : graph_(network.graph) {
  check_tensors(network);
  for (const Node& node : graph_.nodes) {
    check_causal(node);
    weights_.push_back(node_weights(network, node));
  }
  Shape one = graph_.nodes.front().shape;
  one.height = 1;
  infer_shapes(graph_, one, network.slots, network.inputs_per_pass);
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    if (graph_.nodes[i].op != OpKind::Attention) continue;
    const LinearAttention sizes = linear_attention_sizes(graph_, graph_.nodes[i]);
    states_[static_cast<int>(i)].assign(
        sizes.heads, LinearAttentionState(sizes.features, sizes.channels, sizes.m, sizes.pooled));
  }
}

std::vector<float> TokenStream::attend(int index, std::span<const std::span<const float>> inputs) {
  const Node& node = graph_.nodes[static_cast<std::size_t>(index)];
  std::vector<float> out(static_cast<std::size_t>(node.slots) * static_cast<std::size_t>(node.shape.size()));
  linear_attention_step(linear_attention_sizes(graph_, node), states_.at(index), inputs[0], inputs[1],
                        inputs[2], out, {});
  return out;
}

std::vector<float> TokenStream::step(std::span<const float> tokens) {
  if (const auto slots = static_cast<std::size_t>(graph_.nodes.front().slots); tokens.size() != slots)
    throw UserError(fmt::format("{} tokens for the {} sequences of a pass", tokens.size(), slots));
  std::vector<std::vector<float>> values(graph_.nodes.size());
  values[0].assign(tokens.begin(), tokens.end());
  for (std::size_t i = 1; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    NodeWeights& weights = weights_[i];
    if (node.op == OpKind::Embed) {
      weights.first_position = position_;
      const auto table = static_cast<int>(weights.shift.size()) / node.shape.channels;
      if (position_ >= table) refuse(node, fmt::format("a sequence longer than its {} positions", table));
    }
    std::vector<std::span<const float>> inputs;
    for (const int input : node.inputs) inputs.emplace_back(values[static_cast<std::size_t>(input)]);
    values[i] = node.op == OpKind::Attention ? attend(static_cast<int>(i), inputs)
                                             : evaluate(graph_, node, weights, inputs, 1);
  }
  ++position_;
  return values.back();
}

std::size_t TokenStream::memory() const {
  std::size_t numbers = 0;
  for (const auto& [node, heads] : states_)
    for (const LinearAttentionState& head : heads) numbers += head.size();
  return numbers;
}

}  // namespace mimosa
