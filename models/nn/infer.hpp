// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "models/nn/graph.hpp"

namespace mimosa {

// Parts of infer_shapes.

/// "channels×height×width"
[[nodiscard]] std::string text(const Shape& shape);
/// UserError that names the node.
[[noreturn]] void refuse(const Node& node, const std::string& what);
void expect_slots(const Node& node, const Node& in, int slots);
void expect_vector(const Node& node, const Node& in);

/// The mode's grid has `slots` slots and lies within that of the keys.
void check_grid(const Graph& graph, int slots);
/// Shape and slots of a node that works on sequences, from those of its inputs; leaves others alone.
void infer_sequence(const Graph& graph, Node& node);

}  // namespace mimosa
