// SPDX-License-Identifier: Apache-2.0
#include "sim/report/compare_reports.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/base/statistics.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/experiment_reader.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

bool is_run(const Json& run) {
  return run.is_object() && run.contains("network") && run["network"].is_object() &&
         run["network"].contains("name") && run["network"]["name"].is_string();
}

std::string name_of(const Json& run) {
  return run["network"]["name"].get<std::string>();
}

void collect(const Json& value, const std::string& path, std::map<std::string, double>& figures) {
  if (value.is_number()) figures[path] = value.get<double>();
  if (!value.is_object() || path == "provenance" || path == "error_budget") return;
  for (const auto& [key, inner] : value.items())
    collect(inner, path.empty() ? key : path + '.' + key, figures);
}

/// Of a report, or of figures recorded by their paths.
std::vector<double> chip_values(const Json& run) {
  const Json::json_pointer place("/accuracy/analog/values");
  const std::string recorded = "accuracy.analog.values";
  const Json values = run.contains(place) ? run[place] : run.value(recorded, Json());
  std::vector<double> shares;
  for (const Json& value : values)
    if (value.is_number()) shares.push_back(value.get<double>());
  return shares;
}

Json seed_of(const Json& run) {
  const Json::json_pointer seed("/provenance/seed");
  return run.contains(seed) ? run[seed] : Json(nullptr);
}

/// Of two means over chip samples: paired where both drew the same ones, else Welch's.
void add_interval(FigureChange& change, const Json& before, const Json& after) {
  const std::vector<double> a = chip_values(before), b = chip_values(after);
  if (a.size() < 2 || b.size() < 2) return;
  change.paired = a.size() == b.size() && seed_of(before) == seed_of(after);
  if (change.paired) {
    std::vector<double> differences;
    for (std::size_t i = 0; i < a.size(); ++i) differences.push_back(b[i] - a[i]);
    change.ci95 = mean_interval(differences).ci95;
    return;
  }
  const auto variance_of_mean = [](const std::vector<double>& values) {
    const auto n = static_cast<int>(values.size());
    return std::pow(mean_interval(values).ci95 / student_t_975(n - 1), 2);
  };
  const double va = variance_of_mean(a), vb = variance_of_mean(b);
  const double squares =
      va * va / static_cast<double>(a.size() - 1) + vb * vb / static_cast<double>(b.size() - 1);
  // The degrees of freedom are rounded down, which makes the interval wider.
  const int freedom = squares > 0.0 ? static_cast<int>((va + vb) * (va + vb) / squares) : 1;
  change.ci95 = student_t_975(std::max(freedom, 1)) * std::sqrt(va + vb);
}

NetworkChange compare_networks(const Json& before, const Json& after) {
  const std::string a = name_of(before), b = name_of(after);
  NetworkChange change{a == b ? a : a + " -> " + b, {}, {}};
  const std::map<std::string, double> figures = numbers_of(after);
  for (const auto& [path, value] : numbers_of(before)) {
    const auto found = figures.find(path);
    if (found == figures.end()) change.lost.push_back(path);
    if (found == figures.end() || found->second == value) continue;
    FigureChange figure{path, value, found->second};
    if (path == "accuracy.analog.mean" || path == "accuracy") add_interval(figure, before, after);
    change.figures.push_back(std::move(figure));
  }
  return change;
}

std::map<std::string, std::string> keys_of(const std::string& folder) {
  const fs::path file = fs::path(folder) / "effective.yaml";
  if (!fs::exists(file)) return {};
  Experiment e = load_experiment(file.string(), {}).experiment;
  std::map<std::string, std::string> keys;
  const KeyTable table = experiment_keys(e);
  for (const ConfigKey& key : table.keys)
    if (table.is_used(key)) keys[key.path] = to_text(key.get());
  keys["network"] = fmt::format("{}", fmt::join(e.networks, ", "));
  for (const LayerOverride& change : e.overrides)
    keys[fmt::format("overrides.{}.{}", change.layers, change.key)] = change.value;
  return keys;
}

}  // namespace

std::optional<std::vector<Json>> runs_of(const Json& report) {
  std::vector<Json> runs;
  if (report.is_object() && report.contains("runs"))
    for (const Json& run : report["runs"]) runs.push_back(run);
  else
    runs.push_back(report);
  if (runs.empty() || !std::all_of(runs.begin(), runs.end(), is_run)) return std::nullopt;
  return runs;
}

std::map<std::string, double> numbers_of(const Json& run) {
  std::map<std::string, double> figures;
  collect(run, "", figures);
  return figures;
}

Comparison compare_reports(const std::vector<Json>& before, const std::vector<Json>& after) {
  Comparison comparison;
  if (before.size() == 1 && after.size() == 1) {
    comparison.networks = {compare_networks(before[0], after[0])};
    return comparison;
  }
  const auto find = [](const std::vector<Json>& runs, const std::string& name) {
    return std::find_if(runs.begin(), runs.end(), [&](const Json& run) { return name_of(run) == name; });
  };
  for (const Json& run : before) {
    const auto other = find(after, name_of(run));
    if (other == after.end())
      comparison.missing.push_back(name_of(run));
    else
      comparison.networks.push_back(compare_networks(run, *other));
  }
  for (const Json& run : after)
    if (find(before, name_of(run)) == before.end()) comparison.added.push_back(name_of(run));
  return comparison;
}

std::vector<KeyChange> compare_keys(const std::string& before, const std::string& after) {
  const std::map<std::string, std::string> a = keys_of(before), b = keys_of(after);
  std::vector<KeyChange> changes;
  if (a.empty() || b.empty()) return changes;
  const auto value = [](const auto& keys, const std::string& key) {
    const auto found = keys.find(key);
    return found == keys.end() ? std::string("without effect") : found->second;
  };
  std::map<std::string, std::string> all = a;
  all.insert(b.begin(), b.end());
  for (const auto& entry : all)
    if (value(a, entry.first) != value(b, entry.first))
      changes.push_back({entry.first, value(a, entry.first), value(b, entry.first)});
  return changes;
}

}  // namespace mimosa
