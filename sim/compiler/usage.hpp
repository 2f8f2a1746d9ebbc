// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

namespace mimosa {

/// How a reader uses a channel: rows it takes before each of its iterations, places it gives back after.
struct Usage {
  std::vector<int> receive, release;
  int rest = 0;    ///< rows it takes after the last iteration, for it reads none of them
  int window = 0;  ///< rows held at once at most
  int burst = 0;   ///< rows taken at once at most
};

/// `rows`: of a channel in order; `needed`: per iteration of the reader, other channels' rows among them.
[[nodiscard]] Usage usage_of(const std::vector<int>& rows, const std::vector<std::vector<int>>& needed);

/// Window and burst of a channel whose readers run their iterations side by side: a row takes its place until
/// the last of them is done with it.
struct Hold {
  int window = 0, burst = 0;
};
[[nodiscard]] Hold held_by(const std::vector<Usage>& readers);

}  // namespace mimosa
