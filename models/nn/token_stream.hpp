// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "models/digital/linear_attention.hpp"
#include "models/nn/graph.hpp"
#include "models/nn/reference_ops.hpp"

namespace mimosa {

/// A causal network token by token: step t gives, byte for byte, what the whole sequence up to t gives at its
/// last position. What it remembers does not grow with the sequence: a state of R × D and M sums of R numbers
/// a head and layer, and the position.
class TokenStream {
 public:
  /// UserError where a node reads later positions, or a memory of all earlier ones (softmax attention).
  explicit TokenStream(const Network& network);

  /// One token for each input of the pass to the output node's values [slot][classes].
  std::vector<float> step(std::span<const float> tokens);

  /// Numbers remembered between steps.
  [[nodiscard]] std::size_t memory() const;

 private:
  std::vector<float> attend(int index, std::span<const std::span<const float>> inputs);

  Graph graph_;  ///< of one position
  std::vector<NodeWeights> weights_;
  std::map<int, std::vector<LinearAttentionState>> states_;  ///< of each attention node, a head each
  int position_ = 0;
};

}  // namespace mimosa
