// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mimosa {

/// A first experiment to change: every key outside chip and device at its default, with its meaning, range
/// and unit as a comment; those that have no effect there are comments themselves.
[[nodiscard]] std::string starting_experiment();

}  // namespace mimosa
