// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "models/crossbar/wire_gap.hpp"

namespace mimosa {

/// Of one array of a layer.
struct LayerWireGap {
  WireGap gap;
  std::string layer;
  int replica = 0, row0 = 0, col0 = 0, rows = 0, cols = 0;  ///< the array, cols without a unit column
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
