// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

#include "models/base/kernels.hpp"
#include "models/converter/dac.hpp"

// What an MVM does with the sums of its columns: the kernels for float, plain loops for double.
namespace mimosa {

/// The calling thread's buffer number `slot`, of at least `size` values; not on the stack, as SystemC threads
/// have small ones.
template <class T>
T* scratch(std::size_t slot, std::size_t size) {
  thread_local std::vector<T> buffers[9];
  if (buffers[slot].size() < size) buffers[slot].resize(size);
  return buffers[slot].data();
}

/// Vectors handled at a time, so that their noise variances stay in the cache.
inline constexpr std::size_t block_vectors = 96;

/// ADC range of a weight slice: its own, or the one of all.
inline double range_of(std::span<const double> ranges, std::size_t slice) {
  return ranges[ranges.size() == 1 ? 0 : slice];
}

/// What the variances of the cells are weighted with: x² by voltage; |x| by pulse width, since white noise
/// integrated over a time has a variance proportional to it.
template <class T>
void noise_drive(InputKind input, std::span<const T> codes, std::span<T> out) {
  if constexpr (std::is_same_v<T, float>) {
    return input == InputKind::Voltage ? square(codes, out) : magnitude(codes, out);
  } else {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      out[i] = input == InputKind::Voltage ? codes[i] * codes[i] : std::fabs(codes[i]);
    }
  }
}

/// value[j] = value[j] + sqrt(variance[j]) · normal[j]
inline void add_normals(const float* variance, const float* normal, std::size_t size, float* value) {
  add_noise({variance, size}, {normal, size}, {value, size});
}
inline void add_normals(const double* variance, const float* normal, std::size_t size, double* value) {
  for (std::size_t j = 0; j < size; ++j) {
    value[j] = std::fma(std::sqrt(std::max(variance[j], 0.0)), static_cast<double>(normal[j]), value[j]);
  }
}

inline void round_codes(float* value, std::size_t size, double gain, float limit) {
  quantise({value, size}, static_cast<float>(gain), limit, {value, size});
}
inline void round_codes(double* value, std::size_t size, double gain, float limit) {
  const auto bound = static_cast<double>(limit);
  for (std::size_t j = 0; j < size; ++j)
    value[j] = std::clamp(std::nearbyint(value[j] * gain), -bound, bound);
}

/// x = fma(x, factor, shift)
inline void scale_all(float* x, std::size_t size, float factor, float shift) {
  scale_by({x, size}, factor, shift);
}
inline void scale_all(double* x, std::size_t size, double factor, double shift) {
  for (std::size_t j = 0; j < size; ++j) x[j] = std::fma(x[j], factor, shift);
}

/// y += x
inline void add_all(const float* x, std::size_t size, float* y) {
  add({x, size}, {y, size});
}
inline void add_all(const double* x, std::size_t size, double* y) {
  for (std::size_t j = 0; j < size; ++j) y[j] += x[j];
}

/// value = fma(value · gain, scale, shift), column by column
inline void apply_gains(float* value, double gain, std::span<const float> scale,
                        std::span<const float> shift) {
  scale_by({value, scale.size()}, static_cast<float>(gain), 0.0F);
  scale_shift({value, scale.size()}, scale, shift);
}
inline void apply_gains(double* value, double gain, std::span<const double> scale,
                        std::span<const double> shift) {
  for (std::size_t j = 0; j < scale.size(); ++j) value[j] = std::fma(value[j] * gain, scale[j], shift[j]);
}

/// out = x (|x| / full)^(power − 1), power 2 or 3: odd in x.
template <class T>
void odd_power(int power, const T* x, std::size_t size, T full, T* out) {
  for (std::size_t i = 0; i < size; ++i) {
    const T share = std::fabs(x[i] / full);
    out[i] = power == 2 ? x[i] * share : x[i] * share * share;
  }
}

}  // namespace mimosa
