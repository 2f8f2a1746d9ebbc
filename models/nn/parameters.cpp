// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>

#include "models/base/error.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {
namespace {

using Dimensions = std::vector<std::int64_t>;

std::int64_t product(const Dimensions& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::string text(const Dimensions& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

const Node& source(const Graph& graph, const Node& node) {
  return graph.nodes[static_cast<std::size_t>(node.inputs[0])];
}

std::string place(const Network& network) {
  return network.weights_file.empty() ? "network " + network.name : network.weights_file;
}

std::string mode_name(const Network& network, const std::string& name) {
  return fmt::format("{}@n{}", name, network.inputs_per_pass);
}

/// Name under which a node's tensors are stored.
const std::string& owner(const Node& node) {
  return node.weights_of.empty() ? node.name : node.weights_of;
}

/// Whether a tensor may stand where that shape is wanted; a position table may be longer than the sequences.
void check_shape(const Network& network, const std::string& name, const Tensor& tensor,
                 const Dimensions& wanted) {
  const Node* node = nullptr;
  for (const Node& n : network.graph.nodes)
    if (n.op == OpKind::Embed && name.rfind(n.name + ".positions", 0) == 0) node = &n;
  const bool table = node != nullptr && tensor.shape.size() == 2 && tensor.shape[1] == wanted[1];
  if (table && tensor.shape[0] < wanted[0])
    throw UserError(fmt::format("{}: tensor '{}' has {} positions, too few for sequences of {}",
                                place(network), name, tensor.shape[0], wanted[0]));
  if (!table && tensor.shape != wanted)
    throw UserError(fmt::format("{}: tensor '{}' has shape {}, the network needs {}", place(network), name,
                                text(tensor.shape), text(wanted)));
}

/// Checks one tensor of the file against the shapes the graph wants.
void check_tensor(const Network& network, const std::map<std::string, Dimensions>& wanted,
                  const std::string& name, const Tensor& tensor) {
  const auto entry = wanted.find(name.substr(0, name.rfind("@n")));
  if (entry == wanted.end())
    throw UserError(fmt::format("{}: tensor '{}' belongs to no node of the network", place(network), name));
  check_shape(network, name, tensor, entry->second);
  if (static_cast<std::int64_t>(tensor.data.size()) != product(tensor.shape))
    throw UserError(fmt::format("{}: tensor '{}' of shape {} holds {} values", place(network), name,
                                text(tensor.shape), tensor.data.size()));
  const bool finite =
      std::all_of(tensor.data.begin(), tensor.data.end(), [](float x) { return std::isfinite(x); });
  if (!finite)
    throw UserError(fmt::format("{}: tensor '{}' holds values that are not finite", place(network), name));
}

}  // namespace

std::vector<std::pair<std::string, Dimensions>> parameters(const Graph& graph, const Node& node) {
  std::vector<std::pair<std::string, Dimensions>> result;
  if (node.op == OpKind::Input) return result;
  const Shape& in = source(graph, node).shape;
  const std::int64_t channels = in.channels, kernel = node.kernel, slots = node.slots;
  std::int64_t outputs = node.out_channels;
  switch (node.op) {
    case OpKind::Conv2d:
      result = {{"weight", {outputs, channels, kernel, kernel}}};
      break;
    case OpKind::Linear:
      result = {{"weight", {outputs, channels}}};
      break;
    case OpKind::Unbind:
      outputs = slots * channels;
      result = {{"weight", {outputs, channels}}};
      break;
    case OpKind::BatchNorm:
      return {{"weight", {channels}},
              {"bias", {channels}},
              {"running_mean", {channels}},
              {"running_var", {channels}}};
    case OpKind::Prelu:
      return {{"weight", {channels}}};
    case OpKind::Bind:
      return {{"keys", {slots, channels}}};
    case OpKind::Embed:
      return {{"weight", {graph.vocabulary, outputs}}, {"positions", {node.shape.height, outputs}}};
    case OpKind::LayerNorm:
      return {{"weight", {channels}}, {"bias", {channels}}};
    case OpKind::Hadamard:
      return {{"keys", {graph.key_grid.m, graph.key_grid.n, channels}}};
    default:
      return result;
  }
  if (node.bias) result.push_back({"bias", {outputs}});
  return result;
}

void check_tensors(const Network& network) {
  std::map<std::string, Dimensions> wanted;
  for (const Node& node : network.graph.nodes)
    for (auto& [name, shape] : parameters(network.graph, node))
      wanted[owner(node) + '.' + name] = std::move(shape);
  for (const auto& [name, tensor] : network.tensors) check_tensor(network, wanted, name, tensor);
  for (const auto& [name, shape] : wanted) {
    if (network.tensors.count(name) == 0 && network.tensors.count(mode_name(network, name)) == 0)
      throw UserError(fmt::format("{}: no tensor '{}' (nor '{}'); the network needs it with shape {}",
                                  place(network), name, mode_name(network, name), text(shape)));
  }
}

const Tensor& tensor(const Network& network, const Node& node, std::string_view parameter) {
  const std::string name = fmt::format("{}.{}", owner(node), parameter);
  auto entry = network.tensors.find(mode_name(network, name));
  if (entry == network.tensors.end()) entry = network.tensors.find(name);
  if (entry == network.tensors.end())
    throw UserError(fmt::format("{}: no tensor '{}' for {} inputs per pass", place(network), name,
                                network.inputs_per_pass));
  return entry->second;
}

}  // namespace mimosa
