// SPDX-License-Identifier: Apache-2.0
#include "sim/config/network_writer.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/nn/op_keys.hpp"
#include "sim/config/network_nodes.hpp"

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

/// An attribute is written where it has no default or another value.
std::string line(const Graph& graph, Node node) {
  Node other;
  other.op = node.op;
  other.kernel = node.kernel;
  other.eps = default_eps(node.op);
  other.stride = default_stride(other);
  std::string text =
      fmt::format("  - {{name: {}, op: {}, {}", node.name, to_string(node.op), inputs_of(graph, node));
  const auto [keys, required] = attributes_of(node, "");
  const KeyTable defaults = attributes_of(other, "").table;
  for (std::size_t k = 0; k < keys.keys.size(); ++k) {
    const ConfigKey& key = keys.keys[k];
    const std::string name = key.path.substr(1);
    const bool needed = std::find(required.begin(), required.end(), name) != required.end();
    if (needed || key.get() != defaults.keys[k].get())
      text += fmt::format(", {}: {}", name, to_text(key.get()));
  }
  if (!node.weights_of.empty()) text += ", weights_of: " + node.weights_of;
  return text + "}\n";
}

std::string task_of(const Network& network) {
  TaskSpec task = network.task;
  KeyTable table;
  KeyCollector collect(table, "");
  describe_task(collect, network.dataset, task);
  std::vector<std::string> words;
  for (const ConfigKey& key : table.keys)
    words.push_back(fmt::format("{}: {}", key.path, to_text(key.get())));
  return words.empty() ? "" : fmt::format("task: {{{}}}\n", fmt::join(words, ", "));
}

std::string slots_of(const Network& network) {
  if (network.grids.empty())
    return fmt::format("slots: {}\nmodes: [{}]\n", network.slots, fmt::join(network.modes, ", "));
  std::vector<std::string> modes;
  for (const Grid& grid : network.grids) modes.push_back(fmt::format("[{}, {}]", grid.m, grid.n));
  const Grid& keys = network.graph.key_grid;
  return fmt::format("grid: [{}, {}]\nmodes: [{}]\n", keys.m, keys.n, fmt::join(modes, ", "));
}

}  // namespace

std::string to_yaml(const Network& network) {
  std::string text = "# SPDX-License-Identifier: Apache-2.0\n";
  text += fmt::format("name: {}\n", network.name);
  if (!network.description.empty()) text += fmt::format("description: {}\n", quoted(network.description));
  if (!network.dataset.empty()) text += fmt::format("dataset: {}\n{}", network.dataset, task_of(network));
  text += slots_of(network);
  if (!network.baseline.empty()) text += fmt::format("baseline: {}\n", network.baseline);
  if (network.published)
    text += fmt::format("published: {{accuracy: {}, source: {}}}\n", network.published->accuracy,
                        quoted(network.published->source));
  const Shape& input = network.graph.nodes.at(0).shape;
  text += fmt::format("input: {{shape: [{}, {}, {}], ", input.channels, input.height, input.width);
  text += network.graph.vocabulary > 0
              ? fmt::format("tokens: {}}}\n", network.graph.vocabulary)
              : fmt::format("mean: {}, std: {}}}\n", network.input_mean, network.input_std);
  if (!network.weights_file.empty())
    text +=
        fmt::format("weights: {}\n", quoted(std::filesystem::path(network.weights_file).filename().string()));
  text += "nodes:\n";
  for (std::size_t i = 1; i < network.graph.nodes.size(); ++i)
    text += line(network.graph, network.graph.nodes[i]);
  return text;
}

}  // namespace mimosa
