// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "models/nn/graph.hpp"
#include "sim/config/yaml_source.hpp"

namespace mimosa {

/// The graph of a network file's `nodes` list, its input node first; shapes are not inferred. UserError with
/// place and key, e.g. `file:12:5: nodes[3].kernle: no such key; did you mean kernel? …`.
[[nodiscard]] Graph read_nodes(const YamlSource& source, const YAML::Node& list);

/// The keys of one node that hold a number, a switch or a choice, by its operation, and those without a
/// default. Refers to the node.
struct NodeAttributes {
  KeyTable table;
  std::vector<std::string> required;
};
[[nodiscard]] NodeAttributes attributes_of(Node& node, const std::string& path);

/// A word that is used in names of tensors and files: letters, digits, '_', '-', '.'.
[[nodiscard]] std::string read_name(const YamlSource& source, const YamlEntry& entry,
                                    const std::string& path);

}  // namespace mimosa
