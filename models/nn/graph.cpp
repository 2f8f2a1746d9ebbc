// SPDX-License-Identifier: Apache-2.0
#include "models/nn/graph.hpp"

#include <array>
#include <fmt/format.h>
#include <set>

#include "models/base/error.hpp"
#include "models/nn/infer.hpp"
#include "models/nn/op_keys.hpp"

namespace mimosa {
namespace {

constexpr std::array<std::string_view, 27> op_names{"input",
                                                    "conv2d",
                                                    "linear",
                                                    "batch_norm",
                                                    "relu",
                                                    "prelu",
                                                    "sigmoid",
                                                    "tanh",
                                                    "add",
                                                    "avg_pool",
                                                    "max_pool",
                                                    "flatten",
                                                    "bind",
                                                    "bundle",
                                                    "unbind",
                                                    "merge",
                                                    "embed",
                                                    "layer_norm",
                                                    "heads",
                                                    "join_heads",
                                                    "hadamard",
                                                    "grid_sum",
                                                    "random_features",
                                                    "dpfp",
                                                    "attention",
                                                    "softmax_attention",
                                                    "row"};

/// Elements of one value over all slots, and of one weight matrix: indices stay far inside an int.
constexpr std::int64_t largest_size = std::int64_t{1} << 29;

void check_inputs(const Graph& graph, std::size_t index) {
  const Node& node = graph.nodes[index];
  const InputCount takes = input_count(node);
  const auto given = static_cast<int>(node.inputs.size());
  if (given < takes.least || given > takes.most)
    refuse(node, fmt::format("{} has {} inputs; it takes {}", to_string(node.op), given,
                             takes.least == takes.most ? std::to_string(takes.least)
                                                       : fmt::format("{} or {}", takes.least, takes.most)));
  for (const int input : node.inputs) {
    if (input < 0 || input >= static_cast<int>(graph.nodes.size()))
      refuse(node, fmt::format("its input {} is not in the graph", input));
    if (input >= static_cast<int>(index))
      refuse(node, fmt::format("its input '{}' is not earlier in the list (a cycle, or nodes out of order)",
                               graph.nodes[static_cast<std::size_t>(input)].name));
  }
}

/// One input, one output, every other node read by a later one, names unique.
void check_structure(const Graph& graph) {
  if (graph.nodes.empty()) throw UserError("the graph has no nodes");
  std::set<std::string_view> names;
  std::vector<bool> read(graph.nodes.size(), false);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    check_inputs(graph, i);
    for (const int input : node.inputs) read[static_cast<std::size_t>(input)] = true;
    if (node.name.empty()) throw UserError(fmt::format("node number {} has no name", i));
    if (!names.insert(node.name).second) refuse(node, "another node has this name");
    if ((node.op == OpKind::Input) != (i == 0)) refuse(node, "the first node, and no other, is the input");
  }
  for (std::size_t i = 0; i + 1 < graph.nodes.size(); ++i)
    if (!read[i]) refuse(graph.nodes[i], "no node reads it; only the last node may be the output");
}

bool is_pool(OpKind op) {
  return op == OpKind::AvgPool || op == OpKind::MaxPool;
}

int windows(const Node& node, int size) {
  return (size + 2 * node.padding - node.kernel) / node.stride + 1;
}

/// Output map of a convolution or a pool.
Shape window_shape(const Node& node, const Shape& in) {
  if (is_pool(node.op) && node.kernel == 0) return {in.channels, 1, 1};
  if (node.kernel < 1 || node.stride < 1 || node.padding < 0)
    refuse(node,
           fmt::format("kernel {}, stride {}, padding {}; allowed: kernel and stride from 1, padding from 0",
                       node.kernel, node.stride, node.padding));
  if (is_pool(node.op) && node.padding > node.kernel / 2)
    refuse(node,
           fmt::format("padding {} of a pool is more than half its kernel {}", node.padding, node.kernel));
  if (node.kernel > in.height + 2 * node.padding || node.kernel > in.width + 2 * node.padding)
    refuse(node, fmt::format("kernel {} is larger than its padded input {}", node.kernel, text(in)));
  return {is_pool(node.op) ? in.channels : node.out_channels, windows(node, in.height),
          windows(node, in.width)};
}

struct Filling {
  int slots, inputs_per_pass;
};

void infer(Node& node, const Node& in, const Filling& filling) {
  node.shape = in.shape;
  node.slots = in.slots;
  switch (node.op) {
    case OpKind::Conv2d:
    case OpKind::AvgPool:
    case OpKind::MaxPool:
      node.shape = window_shape(node, in.shape);
      break;
    case OpKind::Linear:
      expect_vector(node, in);
      node.shape = {node.out_channels, 1, 1};
      break;
    case OpKind::Flatten:
      node.shape = {in.shape.size(), 1, 1};
      break;
    case OpKind::Bind:
      expect_slots(node, in, filling.inputs_per_pass);
      node.slots = filling.slots;
      break;
    case OpKind::Bundle:
      expect_slots(node, in, filling.slots);
      node.slots = 1;
      break;
    case OpKind::Unbind:
      expect_slots(node, in, 1);
      expect_vector(node, in);
      node.slots = filling.slots;
      break;
    case OpKind::Merge:
      expect_slots(node, in, filling.slots);
      node.slots = filling.inputs_per_pass;
      break;
    default:
      break;
  }
}

/// A node that shares tensors: with an earlier one of its kind, whose own they are, of the shapes it needs.
void check_sharing(const Graph& graph, std::size_t index) {
  const Node& node = graph.nodes[index];
  if (node.weights_of.empty()) return;
  const int owner = graph.find(node.weights_of);
  if (owner < 0 || owner >= static_cast<int>(index))
    refuse(node, fmt::format("weights_of: '{}' is not an earlier node", node.weights_of));
  const Node& other = graph.nodes[static_cast<std::size_t>(owner)];
  if (other.op != node.op)
    refuse(node, fmt::format("weights_of: '{}' is a {}; a {} shares with one of its kind", other.name,
                             to_string(other.op), to_string(node.op)));
  if (!other.weights_of.empty())
    refuse(node, fmt::format("weights_of: '{}' has no tensors of its own; name '{}'", other.name,
                             other.weights_of));
  if (parameters(graph, node).empty())
    refuse(node, fmt::format("weights_of: {} has no tensors", to_string(node.op)));
  if (parameters(graph, node) != parameters(graph, other))
    refuse(node, fmt::format("weights_of: the tensors of '{}' have other shapes", other.name));
}

void check_size(const Graph& graph, const Node& node) {
  const Shape& s = node.shape;
  if (s.channels < 1 || s.height < 1 || s.width < 1)
    refuse(node, fmt::format("its shape {} is empty", text(s)));
  const double size = static_cast<double>(s.channels) * s.height * s.width * node.slots;
  double largest = size;
  for (const auto& [name, shape] : parameters(graph, node)) {
    double product = 1.0;
    for (const auto n : shape) product *= static_cast<double>(n);
    largest = std::max(largest, product);
  }
  if (largest > static_cast<double>(largest_size))
    refuse(node, fmt::format("{:.0f} numbers in one tensor; allowed: up to {}", largest, largest_size));
}

}  // namespace

std::string text(const Shape& shape) {
  return fmt::format("{}×{}×{}", shape.channels, shape.height, shape.width);
}

void refuse(const Node& node, const std::string& what) {
  throw UserError(fmt::format("node '{}': {}", node.name, what));
}

void expect_slots(const Node& node, const Node& in, int slots) {
  if (in.slots != slots)
    refuse(node, fmt::format("{} takes {} values per pass, but '{}' has {}", to_string(node.op), slots,
                             in.name, in.slots));
}

void expect_vector(const Node& node, const Node& in) {
  if (in.shape.height != 1 || in.shape.width != 1)
    refuse(node, fmt::format("{} takes a vector, but '{}' is {}; flatten or pool it first",
                             to_string(node.op), in.name, text(in.shape)));
}

std::string_view to_string(OpKind op) {
  return op_names[static_cast<std::size_t>(op)];
}

int Graph::find(std::string_view name) const {
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].name == name) return static_cast<int>(i);
  return -1;
}

void infer_shapes(Graph& graph, const Shape& input, int slots, int inputs_per_pass) {
  check_structure(graph);
  if (slots < 1 || inputs_per_pass < 1 || slots % inputs_per_pass != 0)
    throw UserError(fmt::format("{} inputs per pass do not divide {} slots", inputs_per_pass, slots));
  check_grid(graph, slots);
  graph.nodes[0].shape = input;
  graph.nodes[0].slots = inputs_per_pass;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Node& node = graph.nodes[i];
    if (i > 0) infer(node, graph.nodes[static_cast<std::size_t>(node.inputs[0])], {slots, inputs_per_pass});
    infer_sequence(graph, node);
    check_sharing(graph, i);
    if (node.op == OpKind::Add) {
      const Node& a = graph.nodes[static_cast<std::size_t>(node.inputs[0])];
      const Node& b = graph.nodes[static_cast<std::size_t>(node.inputs[1])];
      if (a.shape != b.shape || a.slots != b.slots)
        refuse(node, fmt::format("adds '{}' ({}, {} per pass) and '{}' ({}, {} per pass); they must be equal",
                                 a.name, text(a.shape), a.slots, b.name, text(b.shape), b.slots));
    }
    check_size(graph, node);
  }
}

}  // namespace mimosa
