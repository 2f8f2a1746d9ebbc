// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/nn/infer.hpp"

namespace mimosa {
namespace {

const Node& input_of(const Graph& graph, const Node& node, std::size_t number = 0) {
  return graph.nodes[static_cast<std::size_t>(node.inputs[number])];
}

void expect_grid(const Graph& graph, const Node& node) {
  if (graph.grid.size() == 0)
    refuse(node,
           fmt::format("{} works on the slots of a grid; the network has no 'grid'", to_string(node.op)));
}

void expect_one_column(const Node& node, const Node& in) {
  if (in.shape.width != 1)
    refuse(node, fmt::format("{} takes a sequence of width 1, but '{}' is {}", to_string(node.op), in.name,
                             text(in.shape)));
}

void embed(const Graph& graph, Node& node, const Node& in) {
  if (in.op != OpKind::Input || graph.vocabulary == 0)
    refuse(node, "embed takes tokens: the network's input, with 'tokens' saying how many there are");
  if (in.shape.channels != 1)
    refuse(node, fmt::format("tokens have shape [1, L, 1], not {}", text(in.shape)));
  expect_one_column(node, in);
  node.shape = {node.out_channels, in.shape.height, 1};
}

void heads(Node& node, const Node& in) {
  expect_one_column(node, in);
  const int count = node.sequence.heads;
  if (count < 1 || in.shape.channels % count != 0)
    refuse(node,
           fmt::format("{} heads do not divide the {} channels of '{}'", count, in.shape.channels, in.name));
  node.shape = {in.shape.channels / count, in.shape.height, count};
}

/// Values of `in` for an index of the grid.
int slots_along(const Grid& grid, SlotAxis axis) {
  if (axis == SlotAxis::M) return grid.m;
  return axis == SlotAxis::N ? grid.n : grid.size();
}

void hadamard(const Graph& graph, Node& node, const Node& in) {
  expect_grid(graph, node);
  const bool one = node.sequence.spread != SlotAxis::None && in.slots == 1;
  if (!one) expect_slots(node, in, slots_along(graph.grid, node.sequence.spread));
  node.slots = graph.grid.size();
}

void grid_sum(const Graph& graph, Node& node, const Node& in) {
  expect_grid(graph, node);
  expect_slots(node, in, graph.grid.size());
  const SlotAxis over = node.sequence.over;
  if (over == SlotAxis::None) refuse(node, "a sum over no index of the grid; allowed: m, n, both");
  node.slots =
      over == SlotAxis::Both ? 1 : slots_along(graph.grid, over == SlotAxis::M ? SlotAxis::N : SlotAxis::M);
}

void random_features(const Graph& graph, Node& node) {
  if (node.inputs.size() < 2) return;
  const Node &p = input_of(graph, node), &x = input_of(graph, node, 1);
  if (p.shape.height != x.shape.height || p.shape.width != x.shape.width || p.slots != x.slots)
    refuse(node,
           fmt::format("features '{}' ({}, {} per pass) of '{}' ({}, {} per pass): positions, heads and "
                       "slots must be equal",
                       p.name, text(p.shape), p.slots, x.name, text(x.shape), x.slots));
}

void dpfp(Node& node, const Node& in) {
  const int nu = node.sequence.nu, pair = 2 * in.shape.channels;
  if (nu < 1 || nu >= pair)
    refuse(node, fmt::format("nu {} of {} channels; allowed: 1 to {}", nu, in.shape.channels, pair - 1));
  node.shape.channels = nu * pair;
}

void check_mask(const Node& node, int length) {
  const SequenceKeys& keys = node.sequence;
  if (keys.mask == Mask::Prefix && (keys.prefix < 1 || keys.prefix > length))
    refuse(node,
           fmt::format("a prefix of {} of {} positions; allowed: 1 to {}", keys.prefix, length, length));
}

void expect_equal(const Node& node, const Node& a, const Node& b, bool channels) {
  if (a.shape.height != b.shape.height || a.shape.width != b.shape.width ||
      (channels && a.shape.channels != b.shape.channels))
    refuse(node, fmt::format("'{}' is {} and '{}' is {}; {}positions and heads must be equal", a.name,
                             text(a.shape), b.name, text(b.shape), channels ? "channels, " : ""));
}

void attention(const Graph& graph, Node& node) {
  expect_grid(graph, node);
  const Node &q = input_of(graph, node), &k = input_of(graph, node, 1), &v = input_of(graph, node, 2);
  expect_slots(node, q, graph.grid.n);
  expect_slots(node, k, graph.grid.m);
  expect_slots(node, v, graph.grid.m);
  expect_equal(node, q, k, true);
  expect_equal(node, k, v, false);
  check_mask(node, q.shape.height);
  node.shape = v.shape;
  node.slots = node.sequence.pooled ? graph.grid.n : graph.grid.size();
}

void softmax_attention(const Graph& graph, Node& node) {
  const Node& q = input_of(graph, node);
  for (const std::size_t other : {1U, 2U}) {
    expect_equal(node, q, input_of(graph, node, other), other == 1);
    expect_slots(node, input_of(graph, node, other), q.slots);
  }
  check_mask(node, q.shape.height);
  node.shape = input_of(graph, node, 2).shape;
}

void row(Node& node, const Node& in) {
  const int index = node.sequence.index;
  if (index < -1 || index >= in.shape.height)
    refuse(node, fmt::format("position {} of {}; allowed: 0 to {}, or -1: the last", index, in.shape.height,
                             in.shape.height - 1));
  node.shape.height = 1;
}

}  // namespace

void check_grid(const Graph& graph, int slots) {
  const Grid &grid = graph.grid, &keys = graph.key_grid;
  if (grid == Grid{}) return;
  if (grid.m < 1 || grid.n < 1 || grid.size() != slots)
    throw UserError(fmt::format("a grid of {}×{} for {} slots", grid.m, grid.n, slots));
  if (grid.m > keys.m || grid.n > keys.n)
    throw UserError(fmt::format("a grid of {}×{}; there are keys for {}×{}", grid.m, grid.n, keys.m, keys.n));
}

void infer_sequence(const Graph& graph, Node& node) {
  if (node.inputs.empty()) return;
  const Node& in = input_of(graph, node);
  switch (node.op) {
    case OpKind::Embed:
      return embed(graph, node, in);
    case OpKind::Heads:
      return heads(node, in);
    case OpKind::JoinHeads:
      node.shape = {in.shape.channels * in.shape.width, in.shape.height, 1};
      return;
    case OpKind::Hadamard:
      return hadamard(graph, node, in);
    case OpKind::GridSum:
      return grid_sum(graph, node, in);
    case OpKind::RandomFeatures:
      return random_features(graph, node);
    case OpKind::Dpfp:
      return dpfp(node, in);
    case OpKind::Attention:
      return attention(graph, node);
    case OpKind::SoftmaxAttention:
      return softmax_attention(graph, node);
    case OpKind::Row:
      return row(node, in);
    default:
      return;
  }
}

}  // namespace mimosa
