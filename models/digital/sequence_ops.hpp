// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>

#include "models/digital/rounding.hpp"

namespace mimosa {

// Values are [position][channel], channels fastest. Reductions over channels run in double, channels
// ascending; every result is rounded to the format once.

/// x[p][c] = round((x − mean)/√(variance + eps) · weight[c] + bias[c]), mean and variance over the channels
/// of the position (variance with 1/C, as PyTorch).
void layer_norm(std::span<float> x, std::span<const float> weight, std::span<const float> bias, double eps,
                Rounding rounding);

/// x[p][c] = round(x · key[c])
void multiply_channels(std::span<float> x, std::span<const float> key, Rounding rounding);

/// x[i] = round(x · factor)
void multiply(std::span<float> x, float factor, Rounding rounding);

/// p = Ω x of `features` numbers a position, in place: max(p, 0) + eps.
void relu_features(std::span<float> p, double eps, Rounding rounding);
/// exp(p − max over the features of the position) + eps: those of a query, whose scale cancels.
void exp_query_features(std::span<float> p, std::size_t features, double eps, Rounding rounding);
/// exp(p − ‖x‖²/2) + eps: positive random features of the softmax kernel (Choromanski et al., ICLR 2021);
/// `x` [position][channels].
void exp_key_features(std::span<float> p, std::size_t features, std::span<const float> x, double eps,
                      Rounding rounding);

/// Deterministic parameter-free projection (Schlag, Irie, Schmidhuber, ICML 2021): with
/// r = [max(x, 0), max(−x, 0)], y[(i − 1) · 2C + j] = round(r[j] · r[(j − i) mod 2C]) for i = 1 … nu.
/// x [position][channels], y [position][2 · nu · channels].
void dpfp(std::span<const float> x, std::size_t channels, int nu, std::span<float> y, Rounding rounding);

}  // namespace mimosa
