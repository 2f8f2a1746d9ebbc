// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <vector>

#include "models/base/portable_math.hpp"
#include "models/device/polynomial.hpp"

namespace mimosa {

/// A fit over r = g/g_max in two pieces, as in aihwkit's PCM models: below the knot clamp(slope · ln r +
/// offset, min, max), from it on the polynomial Σ above_k r^k. A knot above 1 leaves the first piece alone.
/// The pieces of published fits do not meet exactly.
struct PiecewiseFit {
  double knot = 2.0, slope = 0.0, offset = 0.0, min = 0.0, max = 1.0;
  std::vector<double> above = {};
};

/// ln r with r floored at 1e-7 (pcm.py, _ZERO_CLIP).
[[nodiscard]] inline double floored_log(double r) {
  constexpr double smallest_r = 1e-7, log_smallest_r = -16.11809565095832;
  return r > smallest_r ? portable_log(r) : log_smallest_r;
}

/// The fit at r, whose floored logarithm is known.
[[nodiscard]] inline double evaluate(const PiecewiseFit& fit, double r, double log_r) {
  if (r < fit.knot) return std::clamp(fit.slope * log_r + fit.offset, fit.min, fit.max);
  return polynomial(fit.above, r);
}
[[nodiscard]] inline double evaluate(const PiecewiseFit& fit, double r) {
  return evaluate(fit, r, floored_log(r));
}

template <class Visitor>
void describe(Visitor& v, PiecewiseFit& s) {
  v.field("knot", s.knot, "1", "r from which the polynomial holds; above 1: nowhere", 0.0, 10.0);
  v.field("slope", s.slope, "1", "below the knot: factor of ln r", -1.0, 1.0);
  v.field("offset", s.offset, "1", "below the knot: offset", -1.0, 1.0);
  v.field("min", s.min, "1", "below the knot: lower clamp", 0.0, 10.0);
  v.field("max", s.max, "1", "below the knot: upper clamp", 0.0, 10.0);
  v.list("above", s.above, "1", "from the knot on: coefficients of 1, r, r^2, …", -10.0, 10.0, 5);
}

}  // namespace mimosa
