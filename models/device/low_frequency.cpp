// SPDX-License-Identifier: Apache-2.0
#include "models/device/low_frequency.hpp"

#include <algorithm>
#include <cmath>

namespace mimosa {

namespace {

constexpr double smallest_power = 1e-3;  // pcm.py: the clamp of r^0.65
constexpr double log_ten = 2.302585092994046;

/// A little below the r at which q_factor / r^q_exponent = q_max: no power is needed there.
double saturated_r(const LowFrequencySpec& spec) {
  if (spec.law != LowFrequencyLaw::PowerQ || spec.q_max <= 0.0 || spec.q_exponent <= 0.0) return 0.0;
  const double power = spec.q_factor / spec.q_max;
  return power <= smallest_power ? 0.0 : 0.99 * portable_pow(power, 1.0 / spec.q_exponent);
}

}  // namespace

double bandwidth_factor(const LowFrequencySpec& spec, double t_s) {
  const double t_read_s = spec.t_read_ns * 1e-9;
  return std::sqrt(std::max(0.0, portable_log((t_s + spec.t0_s + t_read_s) / (2.0 * t_read_s))));
}

double relative_strength(const LowFrequencySpec& spec, double r) {
  if (spec.law == LowFrequencyLaw::PiecewiseQ) return evaluate(spec.q, r);
  const double power = r > 0.0 ? portable_pow(r, spec.q_exponent) : 0.0;
  return std::min(spec.q_factor / std::max(power, smallest_power), spec.q_max);
}

LowFrequency::LowFrequency(const LowFrequencySpec& spec, const CellRange& range, double t_s, double scale)
    : spec_(spec),
      range_(range),
      noise_(scale * bandwidth_factor(spec, t_s)),
      saturated_r_(saturated_r(spec)) {
}

void LowFrequency::add(std::span<const double> programmed_us, std::span<const float> xi,
                       std::span<double> now_us) const {
  for (std::size_t c = 0; c < now_us.size(); ++c) {
    const double g = now_us[c], x = static_cast<double>(xi[c]);
    if (g <= 0.0) continue;
    if (spec_.law == LowFrequencyLaw::Cmo) {
      const double sigma = noise_ * spec_.amplitude_us * std::max(0.0, portable_log(g) / log_ten);
      now_us[c] = range_.clamp(g + sigma * x);
    } else {
      const double r = programmed_us[c] / range_.g_max_us;
      const double q = r < saturated_r_ ? spec_.q_max : relative_strength(spec_, r);
      now_us[c] = range_.clamp(g + noise_ * q * g * x);
    }
  }
}

}  // namespace mimosa
