// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/mimo/mimoformer.hpp"

namespace mimosa {

/// Two layers of two heads of 8 channels on seven tokens of eleven: small, and no two sizes alike.
[[nodiscard]] inline FormerOptions small_former(Grid grid) {
  return {.grid = grid,
          .layers = 2,
          .heads = 2,
          .channels = 12,
          .head_channels = 8,
          .hidden = 16,
          .features = 24,
          .vocabulary = 11,
          .length = 7,
          .classes = 5};
}

}  // namespace mimosa
