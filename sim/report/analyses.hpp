// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/run/result.hpp"

namespace mimosa {

/// Tables of what --diagnose and --error-budget found; empty where neither was asked for.
[[nodiscard]] std::string analyses_text(const RunResult& result);

/// `diagnose` and `error_budget` of report.json (docs/diagnose.md); null where not asked for.
[[nodiscard]] nlohmann::ordered_json diagnosis_json(const std::optional<DiagnosisResult>& diagnosis);
[[nodiscard]] nlohmann::ordered_json error_budget_json(const std::optional<ErrorBudgetResult>& budget);

}  // namespace mimosa
