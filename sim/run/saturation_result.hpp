// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace mimosa {

/// Numbers of one kind, and those that stand at an end of their format's range.
struct AtEnds {
  std::int64_t numbers = 0, at_ends = 0;
  [[nodiscard]] double share() const {
    return numbers > 0 ? static_cast<double>(at_ends) / static_cast<double>(numbers) : 0.0;
  }
};

/// Of a node: the codes of its arrays added up, before they are scaled, and its values.
struct LayerSaturation {
  std::string layer;
  bool has_arrays = false;
  AtEnds sums, values;
  [[nodiscard]] double worst() const { return std::max(sums.share(), values.share()); }
};

/// What the vector unit's fixed point cut off in the passes of the first chip sample.
struct SaturationResult {
  int fraction_bits = 0;
  std::vector<LayerSaturation> layers = {};  ///< in the order of the program; none of other formats
};

}  // namespace mimosa
