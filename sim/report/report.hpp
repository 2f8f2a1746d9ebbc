// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/run/result.hpp"

namespace mimosa {

/// report.json: accuracies 0 … 1, energies in J per pass, absent parts null. One result is an object, several
/// stand under `runs`. `indent` < 0: one line.
[[nodiscard]] std::string report_json(const std::vector<RunResult>& results, int indent = 2);

/// What a person reads first: six lines a network, `report_path` (empty: no such line), and the tables of the
/// analyses that were asked for.
[[nodiscard]] std::string summary_text(const std::vector<RunResult>& results, const std::string& report_path);

/// Of the chip samples: "85.34 % ± 2.89"; of one alone, "85.34 %".
[[nodiscard]] std::string noisy_accuracy(const AccuracyResult& accuracy);

/// The validity tables: every layer with every effect, and whether and how it was applied; and what the
/// treatment of the wires leaves out.
[[nodiscard]] std::string validity_text(const std::vector<RunResult>& results);
/// The values of the chip and the device that are estimates, by key; once for all results.
[[nodiscard]] std::string estimates_text(const std::vector<RunResult>& results);

/// How fast the SystemC chip was simulated: a clock on the wall, so no part of what is stored.
[[nodiscard]] std::string speed_text(const std::vector<RunResult>& results);

/// The page of a run: its report.json, its effective configuration, its summary (a line that names the
/// report's path is left out). UserError where the report is no JSON.
[[nodiscard]] std::string report_html(const std::string& title, const std::string& report_json,
                                      const std::string& effective_yaml, const std::string& summary);

}  // namespace mimosa
