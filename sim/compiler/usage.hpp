// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

namespace mimosa {

/// How a reader uses a channel: rows it takes before each of its iterations, places it gives back after.
struct Usage {
  std::vector<int> receive, release;
  int window = 0;  ///< rows held at once at most
  int burst = 0;   ///< rows taken at once at most
};

/// `rows`: of a channel in order; `needed`: per iteration of the reader, other channels' rows among them.
[[nodiscard]] Usage usage_of(const std::vector<int>& rows, const std::vector<std::vector<int>>& needed);

}  // namespace mimosa
