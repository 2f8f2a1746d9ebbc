// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <vector>

#include "models/device/device_spec.hpp"

namespace mimosa {

/// The weights that the cells of a block stand for, after programming and now, up to one factor: what drift
/// compensation compares. Without wires: their loss is there at both times.
class LogicalWeights {
 public:
  LogicalWeights(std::size_t rows, std::size_t cols)
      : rows_(rows), cols_(cols), programmed_(rows * cols), now_(rows * cols) {}

  /// Adds coefficient times a slice's share of weight (row, col).
  void add(std::size_t row, std::size_t col, double programmed, double now) {
    programmed_[row * cols_ + col] += programmed;
    now_[row * cols_ + col] += now;
  }
  /// The same of the mean shift of its reads if they were clamped at zero conductance.
  void add_shift(std::size_t row, std::size_t col, double shift);

  /// Mean |w| after programming over mean |w| now, one or one a column, means floored at 1e-4.
  [[nodiscard]] std::vector<double> drift_factors(DriftCompensation compensation) const;
  /// Root mean square of the shifts.
  [[nodiscard]] double rms_shift() const;

 private:
  std::size_t rows_, cols_;
  std::vector<double> programmed_, now_, shift_;
};

/// before / after, both floored at 1e-4.
[[nodiscard]] std::vector<double> drift_ratios(std::vector<double> before, const std::vector<double>& after);

/// E[max(0, g + sigma xi)] - g
[[nodiscard]] double clamp_shift(double g, double sigma);

}  // namespace mimosa
