// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>

namespace mimosa {

/// Conductances of a cell in uS: what it is programmed to (g_min … g_max) and what no error takes it beyond.
struct CellRange {
  double g_min_us = 0.0, g_max_us = 25.0;
  double low_us = 0.0, high_us = 1e300;

  friend bool operator==(const CellRange&, const CellRange&) = default;
  [[nodiscard]] double clamp(double g_us) const { return std::min(high_us, std::max(low_us, g_us)); }
};

}  // namespace mimosa
