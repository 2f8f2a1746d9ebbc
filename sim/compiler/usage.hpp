// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "sim/compiler/flow.hpp"

namespace mimosa {

/// How a reader uses a channel: rows it takes before each of its iterations, places it gives back after.
struct Usage {
  std::vector<int> receive, release;
  int window = 0;  ///< rows held at once at most
  int burst = 0;   ///< rows taken at once at most
};

/// `flow.rows` in order, `needed` per iteration of the reader.
[[nodiscard]] Usage usage_of(const std::vector<int>& rows, const std::vector<std::vector<int>>& needed);

/// The rows of a flow that each iteration of its reader needs.
[[nodiscard]] std::vector<std::vector<int>> needed_rows(const Mapping& mapping,
                                                        const std::vector<Task>& tasks, const Flow& flow);

}  // namespace mimosa
