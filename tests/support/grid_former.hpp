// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tests/support/random_network.hpp"
#include "tests/support/small_former.hpp"

namespace mimosa {

inline constexpr FeatureMap maps[] = {FeatureMap::Relu, FeatureMap::Exp, FeatureMap::Dpfp};

/// On part of a 4 × 4 grid of keys.
[[nodiscard]] inline FormerOptions small(Grid grid, Sharing sharing, FeatureMap map) {
  FormerOptions options = small_former(grid);
  options.keys = {4, 4};
  options.sharing = sharing;
  options.map = map;
  options.readout = Readout::MeanOfPositions;
  return options;
}

[[nodiscard]] inline Network former(Grid grid, Sharing sharing, FeatureMap map) {
  return random_network(mimoformer(small(grid, sharing, map)), "former");
}

/// Of a tensor's name.
[[nodiscard]] inline bool is_keys(const std::string& tensor) {
  return tensor.find(".keys") != std::string::npos;
}

}  // namespace mimosa
