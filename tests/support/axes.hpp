// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/config/sweep_spec.hpp"

namespace mimosa {

/// The steps of an axis as results call them.
inline std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> labels;
  for (const AxisStep& step : axis.steps) labels.push_back(step.label);
  return labels;
}

}  // namespace mimosa
