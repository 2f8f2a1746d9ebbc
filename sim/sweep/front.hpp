// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/sweep/expansion.hpp"
#include "sim/sweep/store.hpp"

namespace mimosa {

/// Whether no other is as good in every cost and better in one, of each; smaller is better.
[[nodiscard]] std::vector<bool> non_dominated(const std::vector<std::vector<double>>& costs);

/// Values of the objectives by address, of finished points that have them all.
using ObjectiveValues = std::unordered_map<Digest, std::vector<double>, DigestHash>;
/// Takes the values of a journal's line, where it has them all.
void take_values(ObjectiveValues& values, std::string_view line, const std::vector<Objective>& objectives);
/// Of all points of a store.
[[nodiscard]] ObjectiveValues read_values(const std::string& folder,
                                          const std::vector<Objective>& objectives);

/// A point and its repeats.
struct FrontPoint {
  std::vector<std::size_t> points;
  std::vector<double> values;  ///< of the objectives, means of the repeats
};
/// Mean of the values of these points; empty where one of them has none.
[[nodiscard]] std::vector<double> mean_values(const Expansion& expansion,
                                              const std::vector<std::size_t>& points,
                                              const ObjectiveValues& values);
/// What an optimiser makes small.
[[nodiscard]] std::vector<double> costs_of(std::vector<double> values,
                                           const std::vector<Objective>& objectives);
/// The points of an expansion that no other of it is better than, best first by the first objective. Points
/// without values are none of them.
[[nodiscard]] std::vector<FrontPoint> front_of(const Expansion& expansion, const ObjectiveValues& values);

}  // namespace mimosa
