// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/run/result.hpp"

namespace mimosa {

/// Accuracies of the networks of a run side by side: float, ideal analog, with noise, chance and, where a
/// network has one, the published figure, whose sources stand below, then the differences to the first one.
/// Empty where no accuracy was asked for, or where one network alone has no published figure: its own lines
/// say all there is.
[[nodiscard]] std::string comparison_text(const std::vector<RunResult>& results);

}  // namespace mimosa
