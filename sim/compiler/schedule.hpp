// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/compiler/flow.hpp"
#include "sim/compiler/place.hpp"

namespace mimosa {

/// The channels of a program with their buffers, in the order of `list_flows`.
struct Schedule {
  std::vector<Channel> channels;
};

/// Gives every channel the rows its reader's window needs and some to run ahead, more where the pipeline
/// would stall, and checks that no tile's buffer overflows. UserError that says which tile is short and by
/// how much.
[[nodiscard]] Schedule schedule(const Mapping& mapping, const Placement& placement);

[[nodiscard]] std::string to_text(const Schedule& schedule);
[[nodiscard]] Schedule schedule_from_text(const std::string& text);

}  // namespace mimosa
