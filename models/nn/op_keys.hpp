// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/nn/graph.hpp"

namespace mimosa {

/// PyTorch's: 1 for a convolution, the kernel for a pool.
[[nodiscard]] constexpr int default_stride(const Node& node) {
  return node.op == OpKind::Conv2d || node.kernel == 0 ? 1 : node.kernel;
}

[[nodiscard]] constexpr double default_eps(OpKind op) {
  if (op == OpKind::Attention) return 0.0;
  return op == OpKind::RandomFeatures ? 1e-3 : 1e-5;
}

/// Whether nodes of that kind have tensors, which others may use.
[[nodiscard]] constexpr bool has_tensors(OpKind op) {
  switch (op) {
    case OpKind::Conv2d:
    case OpKind::Linear:
    case OpKind::BatchNorm:
    case OpKind::Prelu:
    case OpKind::Bind:
    case OpKind::Unbind:
    case OpKind::Embed:
    case OpKind::LayerNorm:
    case OpKind::Hadamard:
      return true;
    default:
      return false;
  }
}

/// How many inputs a node takes.
struct InputCount {
  int least = 1, most = 1;
};
[[nodiscard]] constexpr InputCount input_count(const Node& node) {
  switch (node.op) {
    case OpKind::Input:
      return {0, 0};
    case OpKind::Add:
      return {2, 2};
    case OpKind::Attention:
    case OpKind::SoftmaxAttention:
      return {3, 3};
    case OpKind::RandomFeatures:  // [p] or [p, x]; the norm of x cancels from a query's features
      return {node.sequence.kind == FeatureKind::ExpKey ? 2 : 1,
              node.sequence.kind == FeatureKind::Relu ? 1 : 2};
    default:
      return {1, 1};
  }
}

/// Attributes of the operations on sequences; see describe_attributes.
template <class Visitor>
void describe_sequence(Visitor& visit, Node& node) {
  SequenceKeys& keys = node.sequence;
  constexpr int longest = 1 << 14;
  const bool attention = node.op == OpKind::Attention;
  const bool softmax = node.op == OpKind::SoftmaxAttention, sum = node.op == OpKind::GridSum;
  if (node.op == OpKind::Heads) {
    visit.required("heads");
    visit.field("heads", keys.heads, "1", "heads the channels are dealt to", 1, 1024);
  }
  if (node.op == OpKind::Hadamard)
    visit.choice("spread", keys.spread, "index of the grid that the input's slots are; none: both",
                 {{"none", SlotAxis::None}, {"m", SlotAxis::M}, {"n", SlotAxis::N}});
  if (sum) {
    visit.required("over");
    visit.choice("over", keys.over, "index of the grid the sum runs over",
                 {{"m", SlotAxis::M}, {"n", SlotAxis::N}, {"both", SlotAxis::Both}});
    visit.field("grid_scale", keys.grid_scale, "1", "scales by 1/sqrt(M N) as well", false, true);
  }
  if (sum || softmax)
    visit.field("scale", keys.scale, "1", sum ? "factor of the sum" : "factor of the logits", 1e-9, 1e9);
  if (node.op == OpKind::RandomFeatures) {
    visit.required("kind");
    visit.choice("kind", keys.kind, "feature map",
                 {{"relu", FeatureKind::Relu},
                  {"exp_query", FeatureKind::ExpQuery},
                  {"exp_key", FeatureKind::ExpKey}});
  }
  if (node.op == OpKind::Dpfp) {
    visit.required("nu");
    visit.field("nu", keys.nu, "1", "rolls of the rectified pair", 1, 64);
  }
  if (attention || softmax) {
    visit.choice("mask", keys.mask, "which positions attend to which",
                 {{"full", Mask::Full}, {"causal", Mask::Causal}, {"prefix", Mask::Prefix}});
    visit.used_with("mask", {"prefix"}, [&](auto& with) {
      with.field("prefix", keys.prefix, "1", "positions that attend to one another", 1, longest);
    });
  }
  if (attention)
    visit.field("pooled", keys.pooled, "1", "one denominator and one result per column of the grid", false,
                true);
  if (node.op == OpKind::Row) visit.field("index", keys.index, "1", "position; -1: the last", -1, longest);
}

/// The attributes of a node, each once. `visit.field(key, value, unit, sentence, low, high)` and
/// `visit.choice(…)` as of the specs; `visit.required(key)` before a key that has no default.
template <class Visitor>
void describe_attributes(Visitor& visit, Node& node) {
  const bool pool = node.op == OpKind::AvgPool || node.op == OpKind::MaxPool;
  const bool conv = node.op == OpKind::Conv2d;
  if (conv || pool) {
    visit.required("kernel");
    visit.field("kernel", node.kernel, "1", conv ? "window size" : "window size; 0: global", conv ? 1 : 0,
                1024);
    visit.field("stride", node.stride, "1", "window step", 1, 1024);
    visit.field("padding", node.padding, "1", "zeros on each side", 0, 512);
  }
  if (conv || node.op == OpKind::Linear || node.op == OpKind::Embed) {
    visit.required("out_channels");
    visit.field("out_channels", node.out_channels, "1", "outputs", 1, 1 << 20);
  }
  if (conv || node.op == OpKind::Linear || node.op == OpKind::Unbind)
    visit.field("bias", node.bias, "1", "adds a bias", false, true);
  describe_sequence(visit, node);
  if (node.op == OpKind::BatchNorm || node.op == OpKind::LayerNorm)
    visit.field("eps", node.eps, "1", "added to the variance", 0.0, 1.0);
  if (node.op == OpKind::RandomFeatures)
    visit.field("eps", node.eps, "1", "added to every feature", 0.0, 1.0);
  if (node.op == OpKind::Attention) visit.field("eps", node.eps, "1", "added to the denominator", 0.0, 1.0);
}

}  // namespace mimosa
