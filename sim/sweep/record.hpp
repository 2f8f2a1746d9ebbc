// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/result.hpp"
#include "sim/sweep/address.hpp"
#include "sim/sweep/expansion.hpp"

namespace mimosa {

/// What a line of a journal says besides its result.
struct PointHeading {
  Digest address;
  AxisValues axes;
  std::uint64_t seed = 0;
  std::string config_sha256;
};

/// Value of an axis: a number where the text is one, so that what reads it plots it.
[[nodiscard]] nlohmann::ordered_json axis_json(const std::string& text);

/// The line of a finished point, sealed: the heading, `wall_s` and `report` (as report.json) or, where
/// `record` names figures, `figures`: these of each network.
[[nodiscard]] std::string finished_line(const PointHeading& heading, const std::vector<RunResult>& results,
                                        double wall_s, const std::vector<std::string>& record);
/// The line of a point that failed, with `error`.
[[nodiscard]] std::string failed_line(const PointHeading& heading, const std::string& error, double wall_s);

/// The line of a point that another store has, `origin`, for this one: as it is there, with these axes. Of a
/// line that has an origin that one stays.
[[nodiscard]] std::string reused_line(std::string_view line, const AxisValues& axes,
                                      const std::string& origin);

/// What resuming needs of a line, read without parsing it.
struct LineSummary {
  Digest address;
  bool ok = false;
  double wall_s = 0.0;
};
/// Nothing where the line is no point's, or of another results version.
[[nodiscard]] std::optional<LineSummary> summary_of(std::string_view line);
/// Whether a finished point's line holds what `record` asks for.
[[nodiscard]] bool holds(std::string_view line, const std::vector<std::string>& record);

}  // namespace mimosa
