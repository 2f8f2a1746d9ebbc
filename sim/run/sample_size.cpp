// SPDX-License-Identifier: Apache-2.0
#include "sim/run/sample_size.hpp"

#include <algorithm>
#include <cmath>

#include "models/base/statistics.hpp"

namespace mimosa {
namespace {

constexpr double normal_975 = 1.959963984540054;
constexpr std::int64_t most_samples = 1'000'000'000;  ///< where t is the normal quantile, and no one waits

}  // namespace

double standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return 0.0;
  const double mean = mean_interval(values).mean;
  double squares = 0.0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

std::int64_t planned_samples(double deviation, double half_width) {
  const double ratio = deviation / half_width;
  // t is above the normal quantile, so no smaller n can do.
  const double least = std::floor(normal_975 * normal_975 * ratio * ratio);
  if (least >= static_cast<double>(most_samples)) return most_samples;
  for (auto n = std::max<std::int64_t>(2, static_cast<std::int64_t>(least));; ++n)
    if (student_t_975(static_cast<int>(n - 1)) * ratio <= std::sqrt(static_cast<double>(n))) return n;
}

bool wants_more(std::span<const double> values, const SampleDemand& demand) {
  const auto count = static_cast<int>(values.size());
  if (count < demand.least) return true;
  return demand.half_width > 0.0 && count < demand.most && mean_interval(values).ci95 > demand.half_width;
}

}  // namespace mimosa
