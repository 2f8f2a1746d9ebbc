// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sim/compiler/flow.hpp"

namespace mimosa {

/// The tile of every task, in the order of `list_tasks`.
struct Placement {
  std::vector<int> tile;
};

/// Puts seats (`seat_tasks`) on tiles along a serpentine in network order, then swaps tiles while that lowers
/// bytes × hops. Results do not depend on placement, only time and energy do.
[[nodiscard]] Placement place(const Mapping& mapping);

/// The tasks of a program on their tiles, without code.
[[nodiscard]] std::vector<Task> placed_tasks(const Mapping& mapping, const Placement& placement);
/// Bytes × hops of one pass.
[[nodiscard]] std::int64_t placement_cost(const Mapping& mapping, const Placement& placement);

[[nodiscard]] std::string to_text(const Placement& placement);
[[nodiscard]] Placement placement_from_text(const std::string& text);

}  // namespace mimosa
