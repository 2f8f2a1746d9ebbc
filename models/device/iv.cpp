// SPDX-License-Identifier: Apache-2.0
#include "models/device/iv.hpp"

#include <algorithm>

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

CubicIv cell_iv(const IvSpec& spec, const CellRange& range, double g_us, double scale) {
  const double nearest_us = std::clamp(g_us, range.g_min_us, range.g_max_us);
  const CubicIv iv = cubic_iv(spec, nearest_us, scale);
  if (g_us == nearest_us || nearest_us <= 0.0) return {g_us * 1e-6, iv.n2, iv.n3};
  const double share = g_us / nearest_us;
  return {g_us * 1e-6, iv.n2 * share, iv.n3 * share};
}

}  // namespace mimosa
