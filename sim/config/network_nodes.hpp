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

/// Operations that may stand in the list: all but the input, which is always there.
[[nodiscard]] std::vector<std::string> op_names();
/// The keys of a node that are no attribute, by its operation.
[[nodiscard]] std::vector<std::string> node_words(const Node& node);

/// A word that is used in names of tensors and files: letters, digits, '_', '-', '.'.
[[nodiscard]] std::string read_name(const YamlSource& source, const YamlEntry& entry,
                                    const std::string& path);

}  // namespace mimosa
