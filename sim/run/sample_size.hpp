// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

namespace mimosa {

/// √(Σ (v − mean)² / (n − 1)); 0 for fewer than two values.
[[nodiscard]] double standard_deviation(std::span<const double> values);

/// The smallest n ≥ 2 whose 95 % t interval of a mean of values with this deviation is at most half_width
/// (> 0) to each side: t(0.975, n − 1) · deviation / √n ≤ half_width.
[[nodiscard]] std::int64_t planned_samples(double deviation, double half_width);

/// Whether more chip samples than those with these accuracies are asked for: up to `least`, then until the 95
/// % t interval is at most `half_width` to each side (0: no more), or there are `most`. It looks at nothing
/// but the spread, so it does not bias the mean; docs/sweeps.md says what it does to the interval.
struct SampleDemand {
  int least = 1, most = 0;
  double half_width = 0.0;
};
[[nodiscard]] bool wants_more(std::span<const double> values, const SampleDemand& demand);

}  // namespace mimosa
