// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

namespace mimosa {

/// The comment on the line that `origin` ("file:line") names: a config's word on where a value comes from.
/// Empty without a comment, and for "--set".
[[nodiscard]] std::string comment_at(const std::string& origin);

/// Evidence tags in a comment, the letters in "[A]" or "[A/N]": A the publication's abstract, N notes on the
/// paper by others, S a public source, R recalled, D derived from such figures, E estimated.
[[nodiscard]] std::string evidence_tags(const std::string& comment);

/// Keys whose value is called an estimate where it is set. `origins`: dotted key to origin.
[[nodiscard]] std::vector<std::string> estimated_keys(const std::map<std::string, std::string>& origins);

}  // namespace mimosa
