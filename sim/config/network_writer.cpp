// SPDX-License-Identifier: Apache-2.0
#include "sim/config/network_writer.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/nn/op_keys.hpp"

namespace mimosa {
namespace {

/// A YAML scalar in double quotes.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return result + '"';
}

std::string inputs_of(const Graph& graph, const Node& node) {
  std::vector<std::string> names;
  for (const int input : node.inputs) names.push_back(graph.nodes[static_cast<std::size_t>(input)].name);
  return names.size() == 1 ? "input: " + names.front() : fmt::format("inputs: [{}]", fmt::join(names, ", "));
}

std::string line(const Graph& graph, const Node& node) {
  const OpKeys keys = keys_of(node.op);
  std::string text =
      fmt::format("  - {{name: {}, op: {}, {}", node.name, to_string(node.op), inputs_of(graph, node));
  if (keys.window) text += fmt::format(", kernel: {}", node.kernel);
  if (keys.window && node.kernel > 0 && node.stride != default_stride(node))
    text += fmt::format(", stride: {}", node.stride);
  if (keys.window && node.padding != 0) text += fmt::format(", padding: {}", node.padding);
  if (keys.out_channels) text += fmt::format(", out_channels: {}", node.out_channels);
  if (keys.bias && node.bias) text += ", bias: true";
  if (keys.eps && node.eps != Node{}.eps) text += fmt::format(", eps: {}", node.eps);
  return text + "}\n";
}

}  // namespace

std::string to_yaml(const Network& network) {
  std::string text = "# SPDX-License-Identifier: Apache-2.0\n";
  text += fmt::format("name: {}\n", network.name);
  if (!network.description.empty()) text += fmt::format("description: {}\n", quoted(network.description));
  if (!network.dataset.empty()) text += fmt::format("dataset: {}\n", network.dataset);
  text += fmt::format("slots: {}\nmodes: [{}]\n", network.slots, fmt::join(network.modes, ", "));
  if (!network.baseline.empty()) text += fmt::format("baseline: {}\n", network.baseline);
  const Shape& input = network.graph.nodes.at(0).shape;
  text += fmt::format("input: {{shape: [{}, {}, {}], mean: {}, std: {}}}\n", input.channels, input.height,
                      input.width, network.input_mean, network.input_std);
  if (!network.weights_file.empty())
    text +=
        fmt::format("weights: {}\n", quoted(std::filesystem::path(network.weights_file).filename().string()));
  text += "nodes:\n";
  for (std::size_t i = 1; i < network.graph.nodes.size(); ++i)
    text += line(network.graph, network.graph.nodes[i]);
  return text;
}

}  // namespace mimosa
