// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace mimosa {

/// A figure of a result by a short name: for objectives, `sweep.record` and the columns of the index.
struct Figure {
  std::string name;
  std::string path;     ///< in report.json
  std::string divisor;  ///< path of what it is divided by, or empty
  std::string sentence;
};
[[nodiscard]] const std::vector<Figure>& figures();

/// Where in report.json a figure by its short name stands; a path is its own.
[[nodiscard]] std::string figure_path(const std::string& name);

/// A figure of the report of one network: by its short name, or by a path, "timing.bottleneck". Null where
/// the report has no such part.
[[nodiscard]] nlohmann::json figure_of(const nlohmann::json& report, const std::string& name);

/// The reports of a point's networks: report.json itself, or those under `runs`.
[[nodiscard]] std::vector<nlohmann::json> reports_of(const nlohmann::json& report);

/// A figure of a point's first network, where it is a number. `line`: the journal's, parsed.
[[nodiscard]] std::optional<double> figure_in(const nlohmann::json& line, const std::string& figure);

/// UserError for a name that is neither short nor a path that a report may have, with the nearest.
void check_figure(const std::string& name, const std::string& place);

}  // namespace mimosa
