// SPDX-License-Identifier: Apache-2.0
#include "models/device/iv.hpp"

#include "models/base/portable_math.hpp"
#include "models/device/polynomial.hpp"

namespace mimosa {

CubicIv cubic_iv(const IvSpec& spec, double g_us, double scale) {
  const double g_s = g_us * 1e-6;
  if (spec.law == IvLaw::Linear || g_us <= 0.0) return {g_s, 0.0, 0.0};
  constexpr double log_ten = 2.302585092994046;
  const double x = portable_log(g_s) / log_ten;
  return {g_s, scale * horner(spec.n2, x), scale * horner(spec.n3, x)};
}

}  // namespace mimosa
