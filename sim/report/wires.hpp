// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "sim/run/result.hpp"

namespace mimosa {

/// `wires` of report.json (docs/devices.md); null where no accuracy was asked for.
[[nodiscard]] nlohmann::ordered_json wires_json(const std::optional<WireGapResult>& wires);

/// The same for people; empty where it is null.
[[nodiscard]] std::string wires_text(const RunResult& result);

}  // namespace mimosa
