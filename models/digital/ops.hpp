// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/base/kernels.hpp"
#include "models/digital/rounding.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

// Values are [position][channel], channels fastest; `x` is changed in place where there is no separate
// output. The order of every sum is fixed by the loop order stated; no result depends on how many positions
// are given.

/// x[p][c] = round(fma(x[p][c], scale[c], shift[c]))
void affine(std::span<float> x, std::span<const float> scale, std::span<const float> shift,
            Rounding rounding);
void relu(std::span<float> x);
/// x[p][c] < 0 ? round(x · slope[c]) : x
void prelu(std::span<float> x, std::span<const float> slope, Rounding rounding);
/// portable_exp / portable_tanh of each value, rounded
void sigmoid(std::span<float> x, Rounding rounding);
void tanh_values(std::span<float> x, Rounding rounding);
/// y = round(y + x)
void add(std::span<const float> x, std::span<float> y, Rounding rounding);
/// y[i] = round(fma(codes[i], factor, y[i])): one partial sum of a layer split over arrays; `factors` holds
/// one factor, or one a column of rows of factors.size()
void add_partial_sum(std::span<const float> codes, std::span<const float> factors, std::span<float> y,
                     Rounding rounding);
/// y = round(mean of the `parts`, summed in order, each sum rounded)
void mean(std::span<const std::span<const float>> parts, std::span<float> y, Rounding rounding);

/// Pools one slot's map `in` ([y][x][channel]) to output row `oy`; kernel 0 is global. Average counts padding
/// zeros as PyTorch does (divides by kernel²).
void average_pool_row(std::span<const float> in, const Shape& shape, const Node& node, int oy,
                      std::span<float> out, Rounding rounding);
void max_pool_row(std::span<const float> in, const Shape& shape, const Node& node, int oy,
                  std::span<float> out);
/// [y][x][channel] to PyTorch's flat order [channel][y][x].
void flatten_map(std::span<const float> in, const Shape& shape, std::span<float> out);

/// Binds vectors with one key: y[t] = Σ_m key[m] x[(t − m) mod C], accumulated in fp32 in fixed order,
/// rounded once.
class CircularBinder {
 public:
  explicit CircularBinder(std::span<const float> key);
  /// `count` vectors of C values each.
  void bind(const float* x, std::size_t count, float* y, Rounding rounding) const;
  [[nodiscard]] std::size_t channels() const { return circulant_.rows(); }

 private:
  PackedMatrix circulant_;
};

}  // namespace mimosa
