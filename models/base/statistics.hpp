// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>

namespace mimosa {

/// Mean and half-width of the 95 % Student-t interval of the mean; the half-width is 0 for fewer than two
/// values.
struct MeanInterval {
  double mean = 0.0;
  double ci95 = 0.0;
};
[[nodiscard]] MeanInterval mean_interval(std::span<const double> values);

/// Two-sided 97.5 % quantile of Student's t.
[[nodiscard]] double student_t_975(int degrees_of_freedom);

/// The value below which a share `p` (0..1) of the magnitudes lies (nearest rank, exact).
[[nodiscard]] float magnitude_percentile(std::span<const float> values, double p);

}  // namespace mimosa
