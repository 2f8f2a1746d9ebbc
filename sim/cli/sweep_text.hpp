// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/sweep/expansion.hpp"
#include "sim/sweep/front.hpp"
#include "sim/sweep/store.hpp"

namespace mimosa {

/// What a person reads of a point: a line for each of its networks. `line` is the journal's, parsed.
[[nodiscard]] std::string point_text(const std::string& axes, const nlohmann::json& line);

/// The points of a front with the values of the objectives, the first twenty.
[[nodiscard]] std::string front_text(const Expansion& expansion, const std::vector<FrontPoint>& front);
/// Why energies of points are equal: a lump is never split into converters and the rest.
[[nodiscard]] std::string lump_note(Expansion& points);
/// What is wrong with the journals: sentences, or nothing.
[[nodiscard]] std::string damage_text(const StoreContents& contents);

}  // namespace mimosa
