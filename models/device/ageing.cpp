// SPDX-License-Identifier: Apache-2.0
#include "models/device/ageing.hpp"

#include <cmath>

namespace mimosa {

namespace {

double log_age_of(const AgeingSpec& spec, double t_s) {
  switch (spec.law) {
    case AgeingLaw::Power:
      return portable_log((t_s + spec.t0_s) / spec.t0_s);
    case AgeingLaw::Retention:
      return portable_log(std::max(1.0, t_s / spec.t0_s));
    case AgeingLaw::LogRelaxation:
      return t_s > 0.0 ? portable_log(t_s) : 0.0;
    default:
      return 0.0;
  }
}

}  // namespace

double drift_factor(double nu, double t_s, double t0_s) {
  return portable_exp(-nu * portable_log((t_s + t0_s) / t0_s));
}

Ageing::Ageing(const AgeingSpec& spec, const CellRange& range, double t_s, double scale)
    : spec_(spec), range_(range), scale_(scale), log_age_(log_age_of(spec, t_s)) {
  acts_ = spec_.law != AgeingLaw::None && scale_ > 0.0 && t_s > 0.0;
  const double idle = range.g_min_us / range.g_max_us;
  idle_nu_mean_ = evaluate(spec_.nu_mean, idle);
  idle_nu_std_ = evaluate(spec_.nu_std, idle);
  shift_us_ = scale_ * spec_.mean_slope_us * log_age_;
  spread_us_ = scale_ * std::max(0.0, spec_.sigma_slope_us * log_age_ + spec_.sigma_offset_us);
}

double Ageing::exponent(double target_us, double xi) const {
  if (target_us == range_.g_min_us) return std::fabs(idle_nu_mean_ + idle_nu_std_ * xi) * scale_;
  const double r = target_us / range_.g_max_us, log_r = floored_log(r);
  return std::fabs(evaluate(spec_.nu_mean, r, log_r) + evaluate(spec_.nu_std, r, log_r) * xi) * scale_;
}

double Ageing::relaxed(double programmed_us, double xi) const {
  return range_.clamp(programmed_us + (shift_us_ + spread_us_ * xi));
}

double Ageing::retained(double programmed_us, double u) const {
  const double v = spec_.exponent * scale_;
  if (spec_.direction == RetentionDirection::Random) {
    const double sign = u < 1.0 / 3.0 ? -1.0 : (u < 2.0 / 3.0 ? 0.0 : 1.0);
    return range_.clamp(programmed_us * portable_exp(v * sign * log_age_));
  }
  if (programmed_us >= spec_.attractor_us)
    return range_.clamp(std::max(spec_.attractor_us, programmed_us * portable_exp(-v * log_age_)));
  return range_.clamp(std::min(spec_.attractor_us, programmed_us * portable_exp(v * log_age_)));
}

void Ageing::age(std::span<const double> targets_us, std::span<const double> programmed_us,
                 std::span<const float> xi, std::span<double> now_us) const {
  for (std::size_t c = 0; c < now_us.size(); ++c) {
    const double g = programmed_us[c], x = static_cast<double>(xi[c]);
    if (spec_.law == AgeingLaw::Power)  // half of the idle devices of a pair are at 0
      now_us[c] = g == 0.0 ? 0.0 : g * portable_exp(-exponent(targets_us[c], x) * log_age_);
    else
      now_us[c] = spec_.law == AgeingLaw::LogRelaxation ? relaxed(g, x) : retained(g, x);
  }
}

}  // namespace mimosa
