// SPDX-License-Identifier: Apache-2.0
#include "models/device/low_frequency.hpp"

#include <algorithm>
#include <cmath>

namespace mimosa {

namespace {

constexpr double smallest_power = 1e-3;  // pcm.py: the clamp of r^0.65
/// 2π e^(γ − 3/2): the mean over a time T of noise with covariance ln(1/(2π f t)) − γ has the variance
/// ln(1/(f T)) − ln 2π − γ + 3/2, that of what is slower than 1/(2.497 T).
constexpr double mean_edge = 2.4970067918823027;
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

BandFactors band_factors(const LowFrequencySpec& spec, double t_s, double pass_s) {
  if (spec.bands == NoiseBands::Frozen) return {bandwidth_factor(spec, t_s), 0.0, 0.0};
  const double t_read_s = spec.t_read_ns * 1e-9, shortest = 2.0 * t_read_s;
  const double longest = std::max(t_s + spec.t0_s + t_read_s, shortest);
  const double run = std::clamp(mean_edge * spec.run_s, shortest, longest);
  const double pass = std::clamp(mean_edge * pass_s, shortest, run);
  return {std::sqrt(portable_log(longest / run)), std::sqrt(portable_log(run / pass)),
          std::sqrt(portable_log(pass / shortest))};
}

LowFrequency::LowFrequency(const LowFrequencySpec& spec, const CellRange& range, double t_s, double pass_s,
                           double scale)
    : spec_(spec),
      range_(range),
      scale_(scale),
      bands_(band_factors(spec, t_s, pass_s)),
      noise_(scale * bands_.frozen),
      saturated_r_(saturated_r(spec)) {
}

double LowFrequency::sigma(double k, double programmed_us, double g_us) const {
  if (g_us <= 0.0) return 0.0;
  if (spec_.law == LowFrequencyLaw::Cmo)
    return k * spec_.amplitude_us * std::max(0.0, portable_log(g_us) / log_ten);
  const double r = programmed_us / range_.g_max_us;
  return k * (r < saturated_r_ ? spec_.q_max : relative_strength(spec_, r)) * g_us;
}

void LowFrequency::add(std::span<const double> programmed_us, std::span<const float> xi,
                       std::span<double> now_us) const {
  for (std::size_t c = 0; c < now_us.size(); ++c) {
    if (now_us[c] <= 0.0) continue;
    now_us[c] =
        range_.clamp(now_us[c] + sigma(noise_, programmed_us[c], now_us[c]) * static_cast<double>(xi[c]));
  }
}

void LowFrequency::other_bands(std::span<const double> programmed_us, std::span<const double> now_us,
                               std::span<double> pass_sigma_us, std::span<double> mvm_variance_us2) const {
  for (std::size_t c = 0; c < now_us.size(); ++c) {
    const double unit = sigma(scale_, programmed_us[c], now_us[c]);
    pass_sigma_us[c] = bands_.pass * unit;
    mvm_variance_us2[c] = bands_.mvm * bands_.mvm * unit * unit;
  }
}

}  // namespace mimosa
