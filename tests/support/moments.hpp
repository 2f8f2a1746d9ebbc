// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>
#include <vector>

namespace mimosa {

struct Moments {
  double mean = 0.0, std = 0.0, mean_error = 0.0, std_error = 0.0;
};

/// Mean and standard deviation with their standard errors.
[[nodiscard]] inline Moments moments(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0.0, m2 = 0.0, m4 = 0.0;
  for (const double v : values) sum += v;
  const double mean = sum / n;
  for (const double v : values) {
    const double d2 = (v - mean) * (v - mean);
    m2 += d2 / n;
    m4 += d2 * d2 / n;
  }
  const double std = std::sqrt(m2);
  return {mean, std, std / std::sqrt(n), std > 0.0 ? std::sqrt((m4 - m2 * m2) / n) / (2.0 * std) : 0.0};
}

}  // namespace mimosa
