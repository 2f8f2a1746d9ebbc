// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/sweep/expansion.hpp"
#include "sim/sweep/front.hpp"
#include "sim/sweep/store.hpp"
#include "sim/sweep/sweep.hpp"

namespace mimosa {

/// What a person reads of a point: a line for each of its networks. `line` is the journal's, parsed.
[[nodiscard]] std::string point_text(const std::string& axes, const nlohmann::json& line);

/// The points of a front with the values of the objectives, the first twenty.
[[nodiscard]] std::string front_text(const Expansion& expansion, const std::vector<FrontPoint>& front);
/// Why energies of points are equal: a lump is never split into converters and the rest.
[[nodiscard]] std::string lump_note(Expansion& points);
/// What is wrong with the journals: sentences, or nothing.
[[nodiscard]] std::string damage_text(const std::vector<Damage>& damages, std::size_t other_versions);

/// What is going to be done, `jobs` points at a time, and how long that may take, or that nothing tells.
/// `reused`: points taken from other stores.
[[nodiscard]] std::string announcement(Expansion& expansion, const StoreContents& contents,
                                       const SweepTodo& todo, std::size_t reused, int jobs);

}  // namespace mimosa
