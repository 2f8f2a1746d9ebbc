// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

namespace mimosa {

/// Letters to insert, delete or replace until the glob (`*`: any letters, `?`: one) matches the text.
[[nodiscard]] int glob_distance(std::string_view glob, std::string_view text);

}  // namespace mimosa
