// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "models/nn/graph.hpp"

namespace mimosa {

/// Window and size attributes of a node in tests.
struct NodeOptions {
  int kernel = 1, stride = 1, padding = 0, out_channels = 0;
  bool bias = false;
};

/// Builds small graphs by name; a node without inputs follows the one before it.
class GraphBuilder {
 public:
  GraphBuilder() { graph_.nodes.emplace_back().name = "input"; }

  GraphBuilder& add(const std::string& name, OpKind op, const NodeOptions& options = {},
                    const std::vector<std::string>& inputs = {}) {
    Node node;
    node.name = name;
    node.op = op;
    node.kernel = options.kernel;
    node.stride = options.stride;
    node.padding = options.padding;
    node.out_channels = options.out_channels;
    node.bias = options.bias;
    for (const std::string& input : inputs) node.inputs.push_back(graph_.find(input));
    if (inputs.empty()) node.inputs = {static_cast<int>(graph_.nodes.size()) - 1};
    graph_.nodes.push_back(std::move(node));
    return *this;
  }

  /// With shapes.
  [[nodiscard]] Graph build(const Shape& input, int slots = 1, int inputs_per_pass = 1) {
    infer_shapes(graph_, input, slots, inputs_per_pass);
    return graph_;
  }

 private:
  Graph graph_;
};

}  // namespace mimosa
