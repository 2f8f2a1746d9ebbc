// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "models/nn/graph.hpp"

namespace mimosa {

/// Batch norm with running statistics as y = x · scale + shift per channel, in double:
/// scale = weight / √(var + eps), shift = bias − mean · scale.
struct BatchNormAffine {
  std::vector<double> scale, shift;
};
[[nodiscard]] BatchNormAffine batch_norm_affine(const Network& network, const Node& node);

}  // namespace mimosa
