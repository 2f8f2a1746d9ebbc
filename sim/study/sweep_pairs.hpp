// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/report/json_parts.hpp"
#include "sim/sweep/store.hpp"

namespace mimosa {

/// What a store knows of a point: the last line of it that is finished, else the last.
struct StoredPoint {
  Json axes;
  std::string line;
  bool ok = false;
};
using StoredPoints = std::unordered_map<Digest, StoredPoint, DigestHash>;

/// Of the sweep that was run last in the folder, as far as its index tells. UserError where the folder is no
/// store. Lines that are not whole are added to `damages`.
[[nodiscard]] StoredPoints read_points(const std::string& folder, std::vector<Damage>& damages);

/// A point in two stores; null where one has no partner.
struct PointPair {
  const StoredPoint* before = nullptr;
  const StoredPoint* after = nullptr;
  [[nodiscard]] const Json& axes() const { return (before != nullptr ? before : after)->axes; }
};

/// Points of one address are partners; of the others those at one place on the axes that both have. In the
/// order of the axes' values. `before`, `after`: how messages call them; UserError where two points of one
/// store are at the same place.
[[nodiscard]] std::vector<PointPair> pairs_of(const std::string& before, const StoredPoints& a,
                                              const std::string& after, const StoredPoints& b);

/// "chip.adc.bits=6 seed=2"
[[nodiscard]] std::string axes_text(const Json& axes);

}  // namespace mimosa
