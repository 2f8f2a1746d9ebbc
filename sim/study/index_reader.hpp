// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace mimosa {

/// Finished points of a sweep as a table, each network of a point a row.
struct IndexTable {
  std::vector<std::string> axes;     ///< names of columns; `network_name` where points have several
  std::vector<std::string> figures;  ///< names of columns that hold a number somewhere
  std::vector<std::string> columns;
  nlohmann::json rows = nlohmann::json::array();  ///< arrays by `columns`
  /// Figure to max or min where the index marks the front of two objectives or more; `front` is a column
  /// then, 0 or 1, unless rows are grouped.
  nlohmann::ordered_json objectives = nlohmann::ordered_json::object();
  /// What the index says of where its rows are from: `results_version`, `addresses`, `hosts`,
  /// `begun` (see build_index); null where it does not say.
  nlohmann::json provenance = nlohmann::json::object();
  std::int64_t points = 0, failed = 0;
  std::int64_t others = 0;  ///< points of other sweeps in the folder, left out
  bool grouped = false;     ///< rows are means over points that differ in axes left out; `points` counts them
};

/// Reads results.sqlite of a sweep. Where it has more than `most_rows` rows, the axes with the most values
/// are left out until the means over them are no more than that, in bins where one axis alone has more.
/// Half-widths of intervals have no mean, so they are no figures then. UserError where the file is no index.
[[nodiscard]] IndexTable read_index(const std::string& path, std::int64_t most_rows);

/// Addresses of the points that a folder's index marks as of other sweeps; none where there is no index.
[[nodiscard]] std::set<std::string> addresses_of_other_sweeps(const std::string& folder);

/// What a reader of a sweep's index should know, a line each: that the journals hold more by now, and how
/// many points of other sweeps it holds. Empty where there is nothing to tell.
[[nodiscard]] std::string index_notes(const std::string& folder);

}  // namespace mimosa
