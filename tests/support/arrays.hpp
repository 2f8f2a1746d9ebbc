// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "models/base/random.hpp"
#include "models/crossbar/array.hpp"
#include "tests/support/devices.hpp"

namespace mimosa {

/// Multiples of 1/64 in −1 … 1.
inline std::vector<float> some_weights(std::size_t size) {
  std::vector<float> w(size);
  uniforms(7, 0, 0, 0, w);
  for (float& v : w) v = std::nearbyint(128.0F * v - 64.0F) / 64.0F;
  return w;
}

template <class T>
std::vector<T> as(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}
inline std::vector<double> doubles(const std::vector<float>& values) {
  return as<double>(values);
}

template <class T>
std::vector<T> some_codes(std::size_t size, const ArraySpec& spec) {
  std::vector<float> x(size);
  uniforms(8, 0, 0, 0, x);
  for (float& v : x) v = 2.0F * v - 1.0F;
  to_dac_codes(x, 1.0, spec.dac, x);
  return {x.begin(), x.end()};
}

inline std::vector<MvmId> some_ids(std::size_t count) {
  std::vector<MvmId> ids(count);
  for (std::size_t i = 0; i < count; ++i)
    ids[i] = {static_cast<std::uint32_t>(i / 50), static_cast<std::uint32_t>(i % 50)};
  return ids;
}

template <class T>
bool same_bytes(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

template <class T>
std::vector<T> run(const Array<T>& array, const std::vector<T>& codes, const std::vector<MvmId>& ids,
                   double full_scale) {
  std::vector<T> out(ids.size() * array.cols());
  array.mvm(codes.data(), array.rows(), ids, std::vector{full_scale}, out.data(), array.cols());
  return out;
}

inline std::vector<float> weights_and_variances(const Array<float>& array) {
  std::vector<float> values;
  for (std::size_t r = 0; r < array.rows(); ++r) {
    for (std::size_t c = 0; c < array.cols(); ++c) {
      values.push_back(array.weight(r, c));
      values.push_back(array.variance(r, c));
    }
  }
  return values;
}

/// Puts the kernel path back.
struct PathGuard {
  KernelPath path = kernel_path();
  PathGuard() = default;
  PathGuard(const PathGuard&) = delete;
  PathGuard& operator=(const PathGuard&) = delete;
  ~PathGuard() { use_kernel_path(path); }
};

}  // namespace mimosa
