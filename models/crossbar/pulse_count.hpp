// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mimosa {

/// Pulses that programmed the cells of an array, unit column and all slices, polarities and parallel cells
/// included. Empty where the law of programming counts none.
struct PulseCount {
  std::int64_t devices = 0, pulses = 0;
  std::vector<std::uint32_t> most;  ///< per word line: of its cells

  void add(std::size_t row, std::span<const std::uint32_t> of_cells) {
    if (of_cells.empty()) return;
    most.resize(std::max(most.size(), row + 1));
    devices += static_cast<std::int64_t>(of_cells.size());
    for (const std::uint32_t count : of_cells) {
      pulses += count;
      most[row] = std::max(most[row], count);
    }
  }
};

}  // namespace mimosa
