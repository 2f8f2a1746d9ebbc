// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "models/mimo/mimoformer.hpp"

namespace mimosa {

/// One size of the networks that Menet et al. (NeurIPS 2023) ran on the Long Range Arena, as their code has
/// it: R = 256 ReLU features, full mask, mean over all positions, a hidden layer before the classes.
/// Retrieval is the encoder of one of its two documents with a classifier of its own.
struct LraSize {
  std::string name;  ///< "listops_deep"
  FormerOptions options;
};
[[nodiscard]] std::vector<LraSize> lra_sizes();

enum class LraModel { Performer, Attention, AttentionAndMlp };

/// Shapes only, named `lra_<size>_<performer, att or att_mlp>`. The superposed ones have keys for 4 × 4
/// sequences and modes of 4 × 4, 2 × 2 and 1 × 1; the graph is of the first.
[[nodiscard]] Network lra_network(const LraSize& size, LraModel model);

}  // namespace mimosa
