// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <vector>

#include "models/digital/linear_attention.hpp"
#include "models/digital/softmax_attention.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

// Which slot, key, token and factor a node on sequences uses: for everyone who computes one.

/// Whether the operation stands in `evaluate_sequence`.
[[nodiscard]] bool is_sequence_op(OpKind op);

/// The row of an Embed node's table for an input's value; UserError where it is no token of the vocabulary.
[[nodiscard]] std::size_t token_of(const Graph& graph, const Node& node, float value, std::size_t position);

/// The slot of its input that a Hadamard node binds for slot (m, n) of the grid.
[[nodiscard]] std::size_t source_slot(const Graph& graph, const Node& node, std::size_t slot);
/// Whether a slot of the grid holds no input: binding gives zeros there.
[[nodiscard]] bool is_masked(const Graph& graph, std::size_t slot);
/// The first slot of M bundle m: where it is masked, so are the bundle's others, and exponential features of
/// its keys are eps, as ReLU's of zeros are, not exp(0) + eps.
[[nodiscard]] std::size_t first_of_key_bundle(const Graph& graph, std::size_t m);
/// Row of the keys [M · N][channels] for a slot of the mode's grid.
[[nodiscard]] std::size_t key_of(const Graph& graph, std::size_t slot);

/// Notes of every Hadamard node whether its keys are ±1 (`SequenceKeys::bipolar`); the tensors are there.
void note_signs(Network& network);

/// The slots of the grid that make slot `slot` of a GridSum node, in the order of the sum, and its factor.
[[nodiscard]] std::vector<int> summed_slots(const Graph& graph, const Node& node, int slot);
[[nodiscard]] float grid_factor(const Graph& graph, const Node& node);

[[nodiscard]] LinearAttention linear_attention_sizes(const Graph& graph, const Node& node);
[[nodiscard]] SoftmaxAttention softmax_attention_sizes(const Graph& graph, const Node& node);

}  // namespace mimosa
