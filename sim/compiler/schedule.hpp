// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/compiler/flow.hpp"
#include "sim/compiler/place.hpp"

namespace mimosa {

/// The channels of a program with their buffers, in the order of `list_shared_flows`.
struct Schedule {
  std::vector<Channel> channels;
  std::string overflow;  ///< which tile's buffer is short and by how much; empty: none
};

/// Gives every channel the rows its readers' window needs and some to run ahead, more where the pipeline
/// would stall; what is for running ahead is given back where a tile's buffer overflows. UserError where the
/// program cannot run.
[[nodiscard]] Schedule schedule(const Mapping& mapping, const Placement& placement);

/// How far senders may run ahead of the windows of their readers, partial sums less than values: what adds
/// them up waits for no other tile.
enum class RunAhead { None, Little, LittleForSums, Wanted };
/// Places of a flow's buffer.
[[nodiscard]] int places(const Flow& flow, RunAhead ahead);

[[nodiscard]] std::string to_text(const Schedule& schedule);
[[nodiscard]] Schedule schedule_from_text(const std::string& text);

}  // namespace mimosa
