// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mimosa {

/// Part of a stored result's address: raised only with a line under "Results changed" in CHANGELOG.md.
constexpr int results_version = 7;

/// Version of the program, from the build.
[[nodiscard]] const char* program_version();

}  // namespace mimosa
