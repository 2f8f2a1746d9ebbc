// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "models/crossbar/wires.hpp"

namespace mimosa {

/// Column sums of one array of a layer at `chip.wires.level` against those of the exact solution.
struct LayerWireGap {
  std::string layer;
  int replica = 0, row0 = 0, col0 = 0, rows = 0, cols = 0;  ///< the array, cols without a unit column
  std::int64_t sums = 0;                                    ///< that were compared
  double rms = 0.0;        ///< of the difference, over the rms of the exact sums
  double largest = 0.0;    ///< difference, over the largest exact sum
  double rms_steps = 0.0;  ///< of the difference, in steps of the ADC
};

/// Of chip sample 0. No layers where no resistance is given, or where `why` says that nothing can be
/// compared.
struct WireGapResult {
  WireSpec wires;
  int images = 0;  ///< the first held-out ones
  std::vector<LayerWireGap> layers;
  std::string why;
};

}  // namespace mimosa
