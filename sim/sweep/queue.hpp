// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "sim/sweep/expansion.hpp"

namespace mimosa {

/// In which order processes take the points of a sweep, so that one finds in its memory what the point before
/// left there (sim/run/stages.hpp). Points of a group share networks and programs; a process stays in its
/// group, then begins another, and where all are begun helps in the one with the most points left. Groups
/// stand in the order of their first points; within one, points that share converter ranges stand together.
class PointQueue {
 public:
  PointQueue(const Expansion& expansion, const std::vector<std::size_t>& points);

  /// The next point for a process whose last one was of `group`, which becomes that of the next; nothing
  /// where all are taken.
  [[nodiscard]] std::optional<std::size_t> next(std::optional<std::size_t>& group);

 private:
  struct Group {
    std::size_t next = 0, end = 0;  ///< in order_
    [[nodiscard]] std::size_t left() const { return end - next; }
  };
  [[nodiscard]] std::optional<std::size_t> fullest() const;

  std::vector<std::size_t> order_;
  std::vector<Group> groups_;
  std::vector<std::size_t> begun_;
  std::size_t fresh_ = 0;  ///< the first group that nobody has begun
};

}  // namespace mimosa
