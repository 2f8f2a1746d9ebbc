// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace mimosa {

/// Measured mean and sigma (uS) and drift exponent of devices on a grid of targets and times.
struct MeasuredTable {
  std::vector<double> targets_us, times_s;         ///< ascending
  std::vector<double> mean_us, sigma_us, nu = {};  ///< [time][target]

  /// Whether a drift exponent is known for the time after the last row.
  [[nodiscard]] bool drifts() const;
};

struct MeasuredRow {
  double mean_us = 0.0, sigma_us = 0.0, nu = 0.0;
};

/// Reads a CSV file: the header `target_us,time_s,mean_us,sigma_us[,nu]`, then a line for every pair of
/// target and time in any order; `#` begins a comment. UserError `file:line: what; allowed` where a field is
/// no finite number, sigma or time is negative, a pair stands twice or is missing.
[[nodiscard]] MeasuredTable read_measured_table(const std::string& path);

/// Linear in the target between its neighbours, and by `share` between the times `row` and `row` + 1. Targets
/// outside the table are its ends'; `check` of a device refuses them.
[[nodiscard]] MeasuredRow interpolate(const MeasuredTable& table, double target_us, std::size_t row,
                                      double share);

}  // namespace mimosa
