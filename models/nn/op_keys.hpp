// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/nn/graph.hpp"

namespace mimosa {

/// Which attributes of a Node an operation has.
struct OpKeys {
  bool window = false;  ///< kernel, stride, padding
  bool out_channels = false, bias = false, eps = false;
};

[[nodiscard]] constexpr OpKeys keys_of(OpKind op) {
  const bool pool = op == OpKind::AvgPool || op == OpKind::MaxPool, conv = op == OpKind::Conv2d;
  return {.window = conv || pool,
          .out_channels = conv || op == OpKind::Linear,
          .bias = conv || op == OpKind::Linear || op == OpKind::Unbind,
          .eps = op == OpKind::BatchNorm};
}

/// PyTorch's: 1 for a convolution, the kernel for a pool.
[[nodiscard]] constexpr int default_stride(const Node& node) {
  return node.op == OpKind::Conv2d || node.kernel == 0 ? 1 : node.kernel;
}

}  // namespace mimosa
