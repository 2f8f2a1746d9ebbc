// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/estimate.hpp"

#include <algorithm>

namespace mimosa {

std::optional<TimeEstimate> estimate_time(const Expansion& expansion, const StoreContents& contents,
                                          const SweepTodo& todo, int jobs) {
  if (todo.points.empty()) return std::nullopt;
  TimeEstimate estimate;
  double measured_s = 0.0;
  for (std::size_t i = 0; i < expansion.size(); ++i) {
    const auto known = contents.points.find(expansion.address(i));
    if (known == contents.points.end() || !known->second.ok) continue;
    measured_s += known->second.wall_s;
    ++estimate.measured;
  }
  if (estimate.measured == 0) {
    estimate.own = false;
    estimate.measured = contents.finished;
    measured_s = contents.wall_s;
  }
  if (estimate.measured == 0) return std::nullopt;
  const auto at_a_time = static_cast<std::size_t>(std::max(jobs, 1));
  const std::size_t rounds = (todo.points.size() + at_a_time - 1) / at_a_time;
  estimate.seconds = measured_s / static_cast<double>(estimate.measured) * static_cast<double>(rounds);
  return estimate;
}

}  // namespace mimosa
