// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/report/compare.hpp"
#include "sim/report/json_parts.hpp"

namespace mimosa {

/// The runs of a report, one a network; nothing where it is no report of a run.
[[nodiscard]] std::optional<std::vector<Json>> runs_of(const Json& report);
/// Numbers of a run by dotted path, but for lists and what describes a run rather than its answer.
[[nodiscard]] std::map<std::string, double> numbers_of(const Json& run);

/// Networks and figures that differ; no keys. Where each has one network, these are compared whatever they
/// are called.
[[nodiscard]] Comparison compare_reports(const std::vector<Json>& before, const std::vector<Json>& after);

/// Keys that differ between the effective configs in two folders; nothing where one has none.
[[nodiscard]] std::vector<KeyChange> compare_keys(const std::string& before, const std::string& after);

}  // namespace mimosa
