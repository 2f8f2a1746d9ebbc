// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "models/crossbar/wires_nodes.hpp"

namespace mimosa {

/// Uniform in low … high, addressed by `draw`.
inline std::vector<double> random_values(std::size_t size, std::uint32_t draw, double low, double high) {
  std::vector<float> uniform(size);
  uniforms(7, draw, 0, 0, uniform);
  std::vector<double> values(size);
  std::transform(uniform.begin(), uniform.end(), values.begin(),
                 [&](float u) { return low + (high - low) * static_cast<double>(u); });
  return values;
}

inline double largest(const std::vector<double>& values) {
  double most = 0.0;
  for (const double v : values) most = std::max(most, std::abs(v));
  return most;
}

/// Largest difference over the largest value.
inline double gap(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::abs(a[k] - b[k]));
  return most / largest(b);
}

/// Output currents of ideal wires.
inline std::vector<double> multiply(const std::vector<double>& g, const std::vector<double>& v) {
  const std::size_t cols = g.size() / v.size();
  std::vector<double> out(cols);
  for (std::size_t k = 0; k < g.size(); ++k) out[k % cols] += v[k / cols] * g[k];
  return out;
}

inline WireSpec exact_wires(double word, double bit, double source = 0.0, double sense = 0.0) {
  return {
      .level = WireLevel::Exact, .word_ohm = word, .bit_ohm = bit, .source_ohm = source, .sense_ohm = sense};
}

}  // namespace mimosa
