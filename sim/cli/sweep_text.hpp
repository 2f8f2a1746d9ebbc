// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sim/sweep/expansion.hpp"
#include "sim/sweep/store.hpp"

namespace mimosa {

/// What a person reads of a point: a line for each of its networks. `line` is the journal's, parsed.
[[nodiscard]] std::string point_text(const std::string& axes, const nlohmann::json& line);
/// A figure of the point's first network, where it is a number.
[[nodiscard]] std::optional<double> figure_in(const nlohmann::json& line, const std::string& figure);

/// Why energies of points are equal: a lump is never split into converters and the rest.
[[nodiscard]] std::string lump_note(Expansion& points);
/// What is wrong with the journals: sentences, or nothing.
[[nodiscard]] std::string damage_text(const StoreContents& contents);

}  // namespace mimosa
