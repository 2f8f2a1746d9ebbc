// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sim/config/experiment_reader.hpp"

namespace mimosa {

/// One element of a sweep: the value of each axis and the experiment they make.
struct SweepPoint {
  std::vector<std::pair<std::string, std::string>> axes;
  Experiment experiment;
};

/// Every combination of the axes, the last one running fastest: those of the file, with the values of `axes`
/// where these name the same key. `settings` hold for all points; a key cannot be both set and an axis. Every
/// point is read and checked, so a mistake in the last one is a UserError before the first one runs.
[[nodiscard]] std::vector<SweepPoint> make_grid(const std::string& path, const std::vector<Setting>& settings,
                                                const std::vector<Axis>& axes);

}  // namespace mimosa
