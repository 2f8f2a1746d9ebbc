// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <span>
#include <vector>

#include "hw/program/datapath.hpp"

namespace mimosa {

struct FunctionalOptions {
  int threads = 1;
  int batch = 32;       ///< passes computed together
  int last_filled = 0;  ///< inputs of a last pass that is not full: other slots of a grid are masked; 0: full
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
/// The same where every stage of one program runs on a datapath of its own, so that layers of differently
/// noisy chips can be put together.
[[nodiscard]] FunctionalResult run_functional(std::span<const Datapath* const> of_stage, const ChipSpec& chip,
                                              std::span<const float> inputs,
                                              const FunctionalOptions& options);

/// All iterations of one stage in all passes of the state: reads the rows of earlier stages, writes its own.
void run_stage(const Datapath& datapath, PassState& state, int stage);
/// Its vector units alone, on the codes that the state holds already.
void run_vector_units(const Datapath& datapath, PassState& state, int stage);

}  // namespace mimosa
