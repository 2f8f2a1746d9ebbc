// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/queue.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <unordered_map>

namespace mimosa {
namespace {

/// What a point shares with others, and its place among them.
struct Placed {
  std::size_t group = 0;
  std::uint64_t ranges = 0;
  std::size_t point = 0;
};

}  // namespace

PointQueue::PointQueue(const Expansion& expansion, const std::vector<std::size_t>& points) {
  std::unordered_map<std::uint64_t, std::size_t> known;
  std::vector<Placed> placed;
  placed.reserve(points.size());
  for (const std::size_t point : points) {
    const std::size_t group =
        known.try_emplace(expansion.shared_place(point, KeyStage::Program), known.size()).first->second;
    placed.push_back({group, expansion.shared_place(point, KeyStage::Ranges), point});
  }
  std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
    return std::tie(a.group, a.ranges, a.point) < std::tie(b.group, b.ranges, b.point);
  });
  order_.reserve(placed.size());
  for (const Placed& p : placed) {
    if (groups_.size() <= p.group) groups_.push_back({order_.size(), order_.size()});
    order_.push_back(p.point);
    groups_.back().end = order_.size();
  }
}

std::optional<std::size_t> PointQueue::fullest() const {
  const auto most = std::max_element(begun_.begin(), begun_.end(), [&](std::size_t a, std::size_t b) {
    return groups_[a].left() < groups_[b].left();
  });
  if (most == begun_.end()) return std::nullopt;
  return *most;
}

std::optional<std::size_t> PointQueue::next(std::optional<std::size_t>& group) {
  std::erase_if(begun_, [&](std::size_t g) { return groups_[g].left() == 0; });
  if (!group || groups_[*group].left() == 0) {
    group = fresh_ < groups_.size() ? fresh_ : fullest();
    if (group == fresh_) begun_.push_back(fresh_++);
  }
  if (!group) return std::nullopt;
  return order_[groups_[*group].next++];
}

}  // namespace mimosa
