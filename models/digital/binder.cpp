// SPDX-License-Identifier: Apache-2.0
#include "models/digital/ops.hpp"

namespace mimosa {

namespace {

/// Row k, column t holds key[(t − k) mod C]: a vector times it is the circular convolution (Plate's HRR
/// binding).
PackedMatrix circulant(std::span<const float> key) {
  const std::size_t size = key.size();
  std::vector<float> matrix(size * size);
  for (std::size_t k = 0; k < size; ++k) {
    for (std::size_t t = 0; t < size; ++t) matrix[k * size + t] = key[(t + size - k) % size];
  }
  return {size, size, matrix.data(), size};
}

}  // namespace

CircularBinder::CircularBinder(std::span<const float> key) : circulant_(circulant(key)) {
}

void CircularBinder::bind(const float* x, std::size_t count, float* y, Rounding rounding) const {
  const std::size_t size = channels();
  gemm(circulant_, x, size, count, y, size);
  round_values({y, count * size}, rounding);
}

}  // namespace mimosa
