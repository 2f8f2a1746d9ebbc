// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "sim/compiler/flow.hpp"

namespace mimosa {

/// Who shares a tile: the seat of every task, in the order of `list_tasks`. Seats are numbered in network
/// order, at most as many as the chip has tiles; the host's tasks sit on seat 0. Blocks of one column, whose
/// partial sums meet, sit together: rows come to a tile once, partial sums of every block travel.
///
/// A seat is full when its arrays are taken, when its vector unit has more to do in a pass than a share of
/// the slowest stage's cycles, or when its buffer holds no more rows. The share is half at first; where that
/// asks for more tiles than there are, vector units get more to do, then buffers lose the places for running
/// ahead, until the arrays alone count. Partial sums are added, and stages are at home, where one of their
/// blocks is and the vector unit has least to do; a stage without arrays shares the seat of the home before
/// it unless that is full.
[[nodiscard]] std::vector<int> seat_tasks(const Mapping& mapping, const std::vector<Task>& tasks);

}  // namespace mimosa
