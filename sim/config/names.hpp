// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mimosa {

/// Single-letter insertions, deletions, replacements and neighbour swaps between two words.
[[nodiscard]] int edit_distance(std::string_view a, std::string_view b);

/// `known`, the nearest to `word` first; words at equal distance stay in their order.
[[nodiscard]] std::vector<std::string> nearest_first(std::string_view word, std::vector<std::string> known);

/// "; did you mean X?", or nothing where no known word is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

/// "; did you mean X? allowed: a, b", or "; allowed: a, b" ("none" for an empty list, the nearest of a long
/// one).
[[nodiscard]] std::string allowed_names(std::string_view word, const std::vector<std::string>& known);

/// Whether a glob (`*` any run of characters, `?` any one, both across dots) matches the whole text.
[[nodiscard]] bool matches_glob(std::string_view glob, std::string_view text);

}  // namespace mimosa
