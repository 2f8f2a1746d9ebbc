// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "hw/program/program.hpp"
#include "sim/config/experiment.hpp"
#include "sim/run/result.hpp"

namespace mimosa {

/// Layer × effect: whether what the configuration asks for reaches the layer, and if not, why.
[[nodiscard]] std::vector<ValidityRow> validity_table(const Program& program, const Experiment& experiment);

}  // namespace mimosa
