// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>

#include "sim/sweep/sweep.hpp"

namespace mimosa {

/// How long the points of a sweep will take that are left to do, and what says so.
struct TimeEstimate {
  double seconds = 0.0;
  std::size_t measured = 0;  ///< points whose time it rests on
  bool own = true;           ///< they are this sweep's; else they are others of the same store
};

/// As if every point took the mean of the time of those that are done: the sweep's own, where there are any,
/// else the others of the store. Nothing where none is done, or none left.
[[nodiscard]] std::optional<TimeEstimate> estimate_time(const Expansion& expansion,
                                                        const StoreContents& contents, const SweepTodo& todo,
                                                        int jobs);

/// Seconds guessed before any point is done: what all cores need for the multiply-accumulates of the float
/// reference, calibration, ideal cells and chip samples. Rough: networks differ by 2, machines by more.
/// Nothing where accuracy is not asked for, as cycles tell no time.
[[nodiscard]] std::optional<double> guess_time(Expansion& expansion, const SweepTodo& todo, int jobs);

}  // namespace mimosa
