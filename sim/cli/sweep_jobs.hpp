// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "sim/cli/arguments.hpp"

namespace mimosa {

/// Whether the first operand is a verb on a store, not an experiment.
[[nodiscard]] bool is_sweep_verb(const std::string& word);
/// `sweep status DIR`, `sweep collect DIR`.
int sweep_verb(const Arguments& arguments);

}  // namespace mimosa
