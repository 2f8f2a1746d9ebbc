// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>

#include "models/digital/rounding.hpp"

namespace mimosa {

/// Sizes of softmax attention of one slot.
struct SoftmaxAttention {
  std::size_t positions = 1, heads = 1, channels = 1, value_channels = 1;
  std::size_t mutual = 0;  ///< first positions that attend to one another; the others to all up to themselves
  double scale = 1.0;
};

/// softmax(scale · q·k) v of one slot: q, k [L][H][channels], v and the result [L][H][value_channels]. Dot
/// products are chains of fused multiply-adds in fp32, the logit of a pair is rounded after the scale,
/// e = round(exp(logit − the largest)); the result is round(Σ e v / Σ e), positions ascending.
void softmax_attention(const SoftmaxAttention& sizes, std::span<const float> q, std::span<const float> k,
                       std::span<const float> v, std::span<float> out, Rounding rounding);

/// One position of it: q [H][channels] and the result [H][value_channels]. Logits are rounded to one format,
/// exponentials and results to the other.
void softmax_position(const SoftmaxAttention& sizes, std::size_t l, std::span<const float> q,
                      std::span<const float> k, std::span<const float> v, std::span<float> out,
                      Rounding products, Rounding results);

}  // namespace mimosa
