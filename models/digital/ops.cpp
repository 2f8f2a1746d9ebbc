// SPDX-License-Identifier: Apache-2.0
#include "models/digital/ops.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "models/base/portable_math.hpp"

namespace mimosa {

namespace {

/// Values that stay in the first-level cache between an operation and its rounding.
constexpr std::size_t piece_values = 4096;

/// operation(first, count) and rounding of x, a piece of whole rows of `row` values at a time.
template <class Operation>
void in_pieces(std::span<float> x, std::size_t row, Rounding rounding, const Operation& operation) {
  const std::size_t piece = std::max<std::size_t>(1, piece_values / row) * row;
  for (std::size_t first = 0; first < x.size(); first += piece) {
    const std::size_t count = std::min(piece, x.size() - first);
    operation(first, count);
    round_values(x.subspan(first, count), rounding);
  }
}

}  // namespace

void round_values(std::span<float> x, Rounding rounding) {
  if (rounding.format == NumberFormat::Int16)
    round_to_fixed_point(16 + rounding.more_bits, rounding.fraction_bits, x);
  else
    round_to(rounding.format, rounding.fraction_bits, x);
}

void affine(std::span<float> x, std::span<const float> scale, std::span<const float> shift,
            Rounding rounding) {
  in_pieces(x, scale.size(), rounding, [=](std::size_t first, std::size_t count) {
    scale_shift(x.subspan(first, count), scale, shift);
  });
}

void relu(std::span<float> x) {
  for (float& v : x) v = v < 0.0F ? 0.0F : v;
}

void prelu(std::span<float> x, std::span<const float> slope, Rounding rounding) {
  in_pieces(x, slope.size(), rounding,
            [=](std::size_t first, std::size_t count) { prelu(x.subspan(first, count), slope); });
}

void sigmoid(std::span<float> x, Rounding rounding) {
  for (float& v : x) v = static_cast<float>(1.0 / (1.0 + portable_exp(-static_cast<double>(v))));
  round_values(x, rounding);
}

void tanh_values(std::span<float> x, Rounding rounding) {
  for (float& v : x) v = static_cast<float>(portable_tanh(static_cast<double>(v)));
  round_values(x, rounding);
}

void add(std::span<const float> x, std::span<float> y, Rounding rounding) {
  assert(x.size() == y.size());
  in_pieces(y, 1, rounding, [=](std::size_t first, std::size_t count) {
    add(x.subspan(first, count), y.subspan(first, count));
  });
}

void add_partial_sum(std::span<const float> codes, std::span<const float> factors, std::span<float> y,
                     Rounding rounding) {
  assert(codes.size() == y.size());
  const std::size_t period = factors.size();
  in_pieces(y, period, rounding, [=](std::size_t first, std::size_t count) {
    if (period == 1) return add_scaled(codes.subspan(first, count), factors[0], y.subspan(first, count));
    for (std::size_t i = first; i < first + count; ++i) y[i] = std::fma(codes[i], factors[i % period], y[i]);
  });
}

void mean(std::span<const std::span<const float>> parts, std::span<float> y, Rounding rounding) {
  std::copy(parts[0].begin(), parts[0].end(), y.begin());
  for (const std::span<const float> part : parts.subspan(1)) add(part, y, rounding);
  const auto count = static_cast<float>(parts.size());
  for (float& v : y) v /= count;
  round_values(y, rounding);
}

}  // namespace mimosa
