// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/base/kernels.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

/// What one node needs at run time: packed matrices (one; a bind one per slot) and per-channel vectors
/// (batch and layer norm: scale and shift; bias in shift; PReLU slopes and keys of a grid in scale; an
/// embedding's tables: tokens in scale, positions in shift).
struct NodeWeights {
  std::vector<PackedMatrix> matrices;
  std::vector<float> scale, shift;
  int first_position = 0;  ///< Embed: position of the first row of its input
};
[[nodiscard]] NodeWeights node_weights(const Network& network, const Node& node);

/// Value of one node, [pass][slot][y][x][channel], from those of its inputs in the same layout. Sums run in
/// one order per output, whatever the number of passes.
[[nodiscard]] std::vector<float> evaluate(const Graph& graph, const Node& node, const NodeWeights& weights,
                                          std::span<const std::span<const float>> inputs, std::size_t passes);

/// The same for an operation on sequences (`is_sequence_op`).
[[nodiscard]] std::vector<float> evaluate_sequence(const Graph& graph, const Node& node,
                                                   const NodeWeights& weights,
                                                   std::span<const std::span<const float>> inputs,
                                                   std::size_t passes);

}  // namespace mimosa
