// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <span>
#include <vector>

#include "hw/program/datapath.hpp"

namespace mimosa {

struct FunctionalOptions {
  int threads = 1;
  int batch = 32;                                         ///< passes computed together
  std::function<void(std::size_t passes_done)> progress;  ///< from the calling thread; may throw to stop
  std::function<void(const PassState&)>
      inspect;  ///< sees every group of finished passes; for tests, any thread
};

struct FunctionalResult {
  std::vector<float> outputs;  ///< [pass][input][class]
  Counts counts;
};

/// Runs the program on all passes of `inputs` ([pass][input][y][x][channel]) without time. Outputs and counts
/// depend on nothing in `options`.
[[nodiscard]] FunctionalResult run_functional(const Datapath& datapath, const ChipSpec& chip,
                                              std::span<const float> inputs,
                                              const FunctionalOptions& options);

}  // namespace mimosa
