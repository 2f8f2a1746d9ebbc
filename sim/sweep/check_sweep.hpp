// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "sim/config/config_error.hpp"

namespace mimosa {

/// For what `mimosa sweep` would refuse the `axes` and `sweep` of an experiment whose keys are right one by
/// one
/// (`check_config`): the first of it, none where there is nothing. Combinations are looked at where they are
/// 10,000 at most.
[[nodiscard]] Findings check_sweep(const std::string& path);

}  // namespace mimosa
