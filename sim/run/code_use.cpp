// SPDX-License-Identifier: Apache-2.0
#include "sim/run/code_use.hpp"

#include <algorithm>
#include <cmath>

#include "models/base/portable_math.hpp"

namespace mimosa {
namespace {

constexpr double ln_2 = 0.6931471805599453;
constexpr std::size_t most_groups = 65536;

}  // namespace

CodeCounter::CodeCounter(double half_steps, Levels levels)
    : half_steps_(half_steps),
      shift_(levels == Levels::Even ? half_steps : 0.0),
      codes_(static_cast<std::size_t>(std::floor(2.0 * half_steps)) + 1) {
  while (codes_ / group_ > most_groups) group_ *= 2;
  counts_.resize((codes_ + group_ - 1) / group_);
}

void CodeCounter::add(std::span<const float> values, double range) {
  const double gain = half_steps_ / range;
  for (const float value : values) {
    const double steps = static_cast<double>(value) * gain;
    if (std::fabs(steps) > half_steps_) ++clipped_;
    // Half to even, among the indices of even levels (models/converter/adc_simple.hpp).
    const double index =
        std::clamp(std::nearbyint(steps + shift_) - shift_, -half_steps_, half_steps_) + half_steps_;
    const auto code = std::min(static_cast<std::size_t>(index), codes_ - 1);
    if (code == 0 || code == codes_ - 1) ++limits_;
    ++counts_[code / group_];
  }
  values_ += static_cast<std::int64_t>(values.size());
}

/// The code of rank ⌈share · n⌉, over the largest.
double CodeCounter::quantile(double share) const {
  const auto rank = std::max<std::int64_t>(1, std::llround(std::ceil(share * static_cast<double>(values_))));
  std::int64_t below = 0;
  std::size_t group = 0;
  while (group + 1 < counts_.size() && below + counts_[group] < rank) below += counts_[group++];
  return (static_cast<double>(group * group_) - half_steps_) / half_steps_;
}

CodeUse CodeCounter::summary() const {
  CodeUse use{.values = values_, .codes_available = static_cast<std::int64_t>(counts_.size())};
  if (values_ == 0) return use;
  const auto all = static_cast<double>(values_);
  use.clip_rate = static_cast<double>(clipped_) / all;
  use.limit_share = static_cast<double>(limits_) / all;
  for (const std::int64_t count : counts_) {
    if (count == 0) continue;
    ++use.codes_used;
    const double p = static_cast<double>(count) / all;
    use.entropy_bits -= p * portable_log(p) / ln_2;
  }
  for (std::size_t q = 0; q < use.quantiles.size(); ++q)
    use.quantiles[q] = quantile(static_cast<double>(q) / 4.0);
  return use;
}

}  // namespace mimosa
