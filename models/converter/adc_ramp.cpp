// SPDX-License-Identifier: Apache-2.0
#include "models/converter/adc_ramp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "models/base/portable_math.hpp"
#include "models/converter/adc_draws.hpp"

namespace mimosa {

RampConverter::RampConverter(const AdcSpec& spec, std::uint64_t key, std::size_t first_column,
                             std::size_t columns)
    : comparators_(columns, 0.0) {
  draw_levels(spec, key);
  sort_levels(spec);
  if (spec.comparator_sigma == 0.0) return;
  comparators_ = adc_normals(key, AdcDraw::Comparator, 0, first_column, columns);
  for (double& offset : comparators_) offset *= spec.comparator_sigma * spec.half_steps();
}

/// V(m) = ±V_ref · ΣC/C_f / (1 + 1/(Aβ)), β = C_f/(C_f + ΣC), where the bits of |m| choose the capacitors 2^k
/// and C_f = V_ref = 2^(bits−1) units and steps; |m| = 2^(bits−1) is C_f itself. Even levels lie half a step
/// higher.
void RampConverter::draw_levels(const AdcSpec& spec, std::uint64_t key) {
  const auto bits = static_cast<std::size_t>(spec.bits);
  const long half = 1L << (bits - 1);
  std::vector<double> capacitors = adc_normals(key, AdcDraw::Capacitor, 0, 0, bits);
  for (std::size_t k = 0; k < bits; ++k)
    capacitors[k] = drawn_capacitor(static_cast<double>(1L << k), spec.capacitor_sigma, capacitors[k]);
  const double feedback = capacitors.back(), gain = portable_pow(10.0, spec.opamp_gain_db / 20.0);
  const bool even = spec.levels == Levels::Even;
  for (long m = even ? -half : 1 - half; m < half; ++m) {
    double on = 0.0;
    for (std::size_t k = 0; k < bits; ++k)
      if ((std::abs(m) >> k & 1) != 0) on += capacitors[k];
    const double level = (m < 0 ? -on : on) * static_cast<double>(half) / feedback + (even ? 0.5 : 0.0);
    levels_.push_back(level / (1.0 + (1.0 + on / feedback) / gain));
  }
}

void RampConverter::sort_levels(const AdcSpec& spec) {
  std::vector<std::size_t> order(levels_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return levels_[a] < levels_[b]; });
  const double lowest = static_cast<double>(levels_.size() - 1) / -2.0;
  for (const std::size_t m : order) codes_.push_back(static_cast<double>(m) + lowest);
  thresholds_.assign((std::size_t{1} << spec.bits) - 1, std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i + 1 < order.size(); ++i)
    thresholds_[i] = (levels_[order[i]] + levels_[order[i + 1]]) / 2.0;
}

}  // namespace mimosa
