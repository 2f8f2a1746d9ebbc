// SPDX-License-Identifier: Apache-2.0
#include "models/device/white_noise.hpp"

#include <algorithm>
#include <cmath>

#include "models/base/portable_math.hpp"
#include "models/device/polynomial.hpp"

namespace mimosa {

namespace {

double generic_sigma(const WhiteSpec& spec, const CellRange& range, double g_us) {
  if (spec.dependence == Dependence::Independent) return spec.magnitude * range.g_max_us;
  if (spec.dependence == Dependence::Proportional) return spec.magnitude * g_us;
  return spec.magnitude * range.g_max_us * range.g_max_us / std::max(g_us, range.g_min_us);
}

}  // namespace

double white_sigma(const WhiteSpec& spec, const CellRange& range, double g_us) {
  switch (spec.law) {
    case WhiteLaw::SqrtWeight:
      return spec.weight_sigma * std::sqrt(std::max(0.0, g_us) * range.g_max_us);
    case WhiteLaw::Polynomial:
      return std::max(0.0, polynomial(spec.sigma_us, g_us));
    case WhiteLaw::Saturating:
      return std::max(0.0, spec.amplitude_us * (1.0 - portable_exp(-g_us / spec.saturation_us)));
    case WhiteLaw::Generic:
      return generic_sigma(spec, range, g_us);
    case WhiteLaw::Additive:
      return spec.magnitude * range.g_max_us;
    default:
      return 0.0;
  }
}

void white_variances(const WhiteSpec& spec, const CellRange& range, double scale,
                     std::span<const double> g_us, std::span<double> variances_us2) {
  const double k = scale * spec.weight_sigma;
  for (std::size_t c = 0; c < g_us.size(); ++c) {
    if (spec.law == WhiteLaw::SqrtWeight) {  // without the root and its square
      variances_us2[c] = k * k * range.g_max_us * std::max(0.0, g_us[c]);
    } else {
      const double sigma = scale * white_sigma(spec, range, g_us[c]);
      variances_us2[c] = sigma * sigma;
    }
  }
}

}  // namespace mimosa
