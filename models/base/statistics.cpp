// SPDX-License-Identifier: Apache-2.0
#include "models/base/statistics.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <vector>

#include "models/base/portable_math.hpp"

namespace mimosa {

namespace {

constexpr double pi = 3.14159265358979323846;

/// P(|T| < t) with t = √ν tan θ (Abramowitz and Stegun 26.7.3 and 26.7.4).
double central_probability(int nu, double theta) {
  const double sine = portable_sin(theta), cosine = portable_cos(theta), square = cosine * cosine;
  if (nu == 1) return 2.0 / pi * theta;
  const int first = nu % 2 == 0 ? 0 : 1;
  double term = first == 0 ? 1.0 : cosine, sum = term;
  for (int k = first + 2; k <= nu - 2; k += 2) {
    term *= square * (k - 1) / k;
    sum += term;
  }
  return first == 0 ? sine * sum : 2.0 / pi * (theta + sine * sum);
}

/// Expansion in 1/ν about the normal quantile (Abramowitz and Stegun 26.7.5), for many degrees of freedom.
double asymptotic_quantile(double nu) {
  const double z = 1.959963984540054, z2 = z * z;
  const double g1 = z * (z2 + 1.0) / 4.0;
  const double g2 = z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
  const double g3 = z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
  return z + (g1 + (g2 + g3 / nu) / nu) / nu;
}

}  // namespace

double student_t_975(int degrees_of_freedom) {
  assert(degrees_of_freedom > 0);
  if (degrees_of_freedom > 200) return asymptotic_quantile(degrees_of_freedom);
  double low = 0.0, high = pi / 2;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (central_probability(degrees_of_freedom, middle) < 0.95 ? low : high) = middle;
  }
  return std::sqrt(static_cast<double>(degrees_of_freedom)) * portable_sin(low) / portable_cos(low);
}

MeanInterval mean_interval(std::span<const double> values) {
  if (values.empty()) return {};
  const auto n = static_cast<double>(values.size());
  double sum = 0.0;
  for (const double v : values) sum += v;
  const double mean = sum / n;
  if (values.size() < 2) return {mean, 0.0};
  double squares = 0.0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return {mean, student_t_975(static_cast<int>(values.size() - 1)) * std::sqrt(squares / (n - 1.0) / n)};
}

float magnitude_percentile(std::span<const float> values, double p) {
  if (values.empty()) return 0.0F;
  std::vector<float> sizes(values.size());
  std::transform(values.begin(), values.end(), sizes.begin(), [](float v) { return std::fabs(v); });
  // The rank ⌈p n⌉, where p n may lie an ulp above the integer that is meant.
  const double share = p * static_cast<double>(sizes.size());
  const auto rank = static_cast<std::size_t>(std::max(std::ceil(share - 1e-12 * share), 1.0));
  const auto place = sizes.begin() + static_cast<std::ptrdiff_t>(std::min(rank, sizes.size()) - 1);
  std::nth_element(sizes.begin(), place, sizes.end());
  return *place;
}

}  // namespace mimosa
