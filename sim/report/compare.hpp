// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace mimosa {

/// A figure of both reports, by its dotted path in report.json.
struct FigureChange {
  std::string path;
  double before = 0.0, after = 0.0;
  /// Half-width of the 95 % interval of the difference, where chip samples tell it; `paired`: the same
  /// samples.
  std::optional<double> ci95 = std::nullopt;
  bool paired = false;
};

/// One network of two runs: what is equal is left out.
struct NetworkChange {
  std::string name;
  std::vector<FigureChange> figures;
  std::vector<std::string> lost = {};  ///< figures it had before alone
};

struct KeyChange {
  std::string key, before, after;
};

/// What differs between two runs.
struct Comparison {
  std::vector<KeyChange> keys;
  std::vector<NetworkChange> networks;      ///< those of both
  std::vector<std::string> missing, added;  ///< networks of one alone
};

/// Compares two results: folders, or their report.json with effective.yaml beside them. Where each has one
/// network, these are compared whatever they are called. UserError where one cannot be read.
[[nodiscard]] Comparison compare_runs(const std::string& before, const std::string& after);

/// A condition of a gate: "FIGURE drops|rises|changes AMOUNT [points|%]", broken where the figure of a
/// network goes that way by more than the amount: in its own unit, in percent points of a fraction, or in
/// percent of the value before.
struct Gate {
  enum class Way { Drops, Rises, Changes } way = Way::Drops;
  enum class Unit { Own, Points, Percent } unit = Unit::Own;
  std::string text, figure;
  double amount = 0.0;
};
/// UserError that tells the grammar.
[[nodiscard]] Gate parse_gate(const std::string& text);
/// A sentence for each network that breaks it, or that has lost the figure. `known`: the figures before;
/// UserError where the gate's is not among them.
[[nodiscard]] std::vector<std::string> broken(const Gate& gate, const Comparison& comparison,
                                              const std::vector<std::string>& known);
/// The figures of a report (or folder) by path.
[[nodiscard]] std::vector<std::string> figure_paths(const std::string& report);
/// Accuracies are fractions: their differences are told in points.
[[nodiscard]] bool is_fraction(const std::string& figure);

/// How far it went: "-1.43 points ± 0.62 (same chips): significant", "+2.00 %".
[[nodiscard]] std::string delta_text(const FigureChange& figure);
/// A line for each key.
[[nodiscard]] std::string keys_text(const std::vector<KeyChange>& keys);
[[nodiscard]] std::string comparison_text(const Comparison& comparison);

}  // namespace mimosa
