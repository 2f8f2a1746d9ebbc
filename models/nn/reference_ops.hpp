// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/base/kernels.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

/// What one node needs at run time: packed matrices (one; a bind one per slot) and per-channel vectors
/// (batch norm: scale and shift; bias in shift; PReLU slopes in scale).
struct NodeWeights {
  std::vector<PackedMatrix> matrices;
  std::vector<float> scale, shift;
};
[[nodiscard]] NodeWeights node_weights(const Network& network, const Node& node);

/// Value of one node, [pass][slot][y][x][channel], from those of its inputs in the same layout. Sums run in
/// one order per output, whatever the number of passes.
[[nodiscard]] std::vector<float> evaluate(const Graph& graph, const Node& node, const NodeWeights& weights,
                                          std::span<const std::span<const float>> inputs, std::size_t passes);

}  // namespace mimosa
