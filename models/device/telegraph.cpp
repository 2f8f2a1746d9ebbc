// SPDX-License-Identifier: Apache-2.0
#include "models/device/telegraph.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "models/base/portable_math.hpp"

namespace mimosa {

double telegraph_step(const TelegraphSpec& spec, const CellRange& range, double g_us) {
  const double g = std::clamp(g_us, range.g_min_us, range.g_max_us);
  const double share = portable_log(range.g_max_us / g) / portable_log(range.g_max_us / range.g_min_us);
  return spec.step_low_r + share * (spec.step_high_r - spec.step_low_r);
}

double telegraph_tau(const TelegraphSpec& spec, double u) {
  return spec.tau_min_s * portable_pow(spec.tau_max_s / spec.tau_min_s, u);
}

double TelegraphProcess::mean_us() const {
  return g0_us * (1.0 - (1.0 - high_share()) * step / (1.0 + step));
}

double TelegraphProcess::variance_us2() const {
  const double fall = g0_us * step / (1.0 + step), p = high_share();
  return fall * fall * p * (1.0 - p);
}

double TelegraphProcess::autocorrelation(double t_s) const {
  return portable_exp(-std::fabs(t_s) * rate_hz());
}

double TelegraphProcess::corner_hz() const {
  return rate_hz() / (2.0 * std::numbers::pi);
}

}  // namespace mimosa
