// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/logical_weights.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace mimosa {
namespace {

/// Floor of a read-out mean, aihwkit src/aihwkit/inference/compensation/drift.py.
constexpr double smallest_mean = 1e-4;

}  // namespace

double clamp_shift(double g, double sigma) {
  const double z = sigma > 0.0 ? g / sigma : 1e9;
  if (z > 8.0) return 0.0;
  const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
  return sigma * density - g * 0.5 * std::erfc(z / std::numbers::sqrt2);
}

std::vector<double> drift_ratios(std::vector<double> before, const std::vector<double>& after) {
  for (std::size_t g = 0; g < before.size(); ++g)
    before[g] = std::max(before[g], smallest_mean) / std::max(after[g], smallest_mean);
  return before;
}

void LogicalWeights::add_shift(std::size_t row, std::size_t col, double shift) {
  shift_.resize(now_.size());
  shift_[row * cols_ + col] += shift;
}

std::vector<double> LogicalWeights::drift_factors(DriftCompensation compensation) const {
  if (compensation == DriftCompensation::Off) return {1.0};
  const bool per_column = compensation == DriftCompensation::Column;
  const std::size_t groups = per_column ? cols_ : 1;
  std::vector<double> before(groups), after(groups);
  for (std::size_t r = 0; r < rows_; ++r)
    for (std::size_t c = 0; c < cols_; ++c) {
      before[per_column ? c : 0] += std::fabs(programmed_[r * cols_ + c]);
      after[per_column ? c : 0] += std::fabs(now_[r * cols_ + c]);
    }
  const auto size = static_cast<double>(now_.size() / groups);
  for (std::size_t g = 0; g < groups; ++g) {
    before[g] /= size;
    after[g] /= size;
  }
  return drift_ratios(std::move(before), after);
}

double LogicalWeights::rms_shift() const {
  double sum = 0.0;
  for (const double shift : shift_) sum += shift * shift;
  return sum == 0.0 ? 0.0 : std::sqrt(sum / static_cast<double>(shift_.size()));
}

}  // namespace mimosa
