// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

// Is a sample of the law it should have? Probabilities of a deviation at least as large, both sides.
namespace mimosa {

[[nodiscard]] inline double two_sided(double z) {
  return std::erfc(std::fabs(z) / std::sqrt(2.0));
}

/// Kolmogorov's law of the largest distance of distribution functions, for large samples.
[[nodiscard]] inline double kolmogorov(double distance, double samples) {
  return std::min(1.0, 2.0 * std::exp(-2.0 * distance * distance * samples));
}

struct MeanVariance {
  double mean = 0.0, variance = 0.0;
};
[[nodiscard]] inline MeanVariance mean_variance(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  MeanVariance m;
  for (const double v : values) m.mean += v / n;
  for (const double v : values) m.variance += (v - m.mean) * (v - m.mean) / (n - 1.0);
  return m;
}

/// Probabilities by mean, variance and Kolmogorov–Smirnov.
struct Agreement {
  double mean, variance, distribution;
  [[nodiscard]] double least() const { return std::min({mean, variance, distribution}); }
};
constexpr std::size_t tests_per_agreement = 3;

/// Of sorted values with the standard normal law. The logarithm of the variance of n normals has the
/// variance 2/n.
[[nodiscard]] inline Agreement agreement_with_normal(const std::vector<double>& sorted) {
  const auto n = static_cast<double>(sorted.size());
  const MeanVariance m = mean_variance(sorted);
  double distance = 0.0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double p = 0.5 * std::erfc(-sorted[i] / std::sqrt(2.0));
    distance = std::max({distance, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return {two_sided(m.mean * std::sqrt(n)), two_sided(std::log(m.variance) / std::sqrt(2.0 / n)),
          kolmogorov(distance, n)};
}

/// Of two sorted samples of one size with each other.
[[nodiscard]] inline Agreement agreement(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size());
  const MeanVariance ma = mean_variance(a), mb = mean_variance(b);
  double distance = 0.0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    (a[i] < b[j] ? i : j) += 1;
    distance = std::max(distance, std::fabs(static_cast<double>(i) - static_cast<double>(j)) / n);
  }
  return {two_sided((ma.mean - mb.mean) / std::sqrt((ma.variance + mb.variance) / n)),
          two_sided(std::log(ma.variance / mb.variance) / std::sqrt(4.0 / n)), kolmogorov(distance, n / 2.0)};
}

}  // namespace mimosa
