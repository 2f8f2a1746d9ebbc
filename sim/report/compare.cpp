// SPDX-License-Identifier: Apache-2.0
#include "sim/report/compare.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

#include "models/base/error.hpp"
#include "models/base/statistics.hpp"
#include "models/data/file.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/report/json_parts.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

std::string report_path(const std::string& path) {
  return fs::is_directory(path) ? (fs::path(path) / "report.json").string() : path;
}

bool is_run(const Json& run) {
  return run.is_object() && run.contains("network") && run["network"].is_object() &&
         run["network"].contains("name") && run["network"]["name"].is_string();
}

/// The runs of a report, one a network.
std::vector<Json> runs_of(const std::string& path) {
  const std::string file = report_path(path);
  const Json report = Json::parse(read_file(file), nullptr, false);
  std::vector<Json> runs = {report};
  if (report.is_object() && report.contains("runs"))
    runs.assign(report["runs"].begin(), report["runs"].end());
  if (runs.empty() || !std::all_of(runs.begin(), runs.end(), is_run))
    throw UserError(file + ": is no report of a run");
  return runs;
}

std::string name_of(const Json& run) {
  return run["network"]["name"].get<std::string>();
}

/// Numbers by dotted path, but for lists and what describes a run rather than its answer.
void collect(const Json& value, const std::string& path, std::map<std::string, double>& figures) {
  if (value.is_number()) figures[path] = value.get<double>();
  if (!value.is_object() || path == "provenance" || path == "error_budget") return;
  for (const auto& [key, inner] : value.items())
    collect(inner, path.empty() ? key : path + '.' + key, figures);
}

std::map<std::string, double> numbers_of(const Json& run) {
  std::map<std::string, double> figures;
  collect(run, "", figures);
  return figures;
}

std::vector<double> chip_values(const Json& run) {
  const Json::json_pointer values("/accuracy/analog/values");
  if (!run.contains(values) || !run[values].is_array()) return {};
  std::vector<double> shares;
  for (const Json& value : run[values])
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
    if (path == "accuracy.analog.mean") add_interval(figure, before, after);
    change.figures.push_back(std::move(figure));
  }
  return change;
}

std::map<std::string, std::string> keys_of(const std::string& path) {
  const fs::path file = fs::path(report_path(path)).parent_path() / "effective.yaml";
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

std::string delta_text(const FigureChange& f) {
  const double delta = f.after - f.before;
  if (!is_fraction(f.path))
    return f.before == 0.0 ? "" : fmt::format("{:+.2f} %", 100.0 * delta / std::abs(f.before));
  std::string text = fmt::format("{:+.2f} points", 100.0 * delta);
  if (!f.ci95) return text;
  return text + fmt::format(" ± {:.2f} ({}): {}", 100.0 * *f.ci95, f.paired ? "same chips" : "other chips",
                            std::abs(delta) > *f.ci95 ? "significant" : "not significant");
}

}  // namespace

bool is_fraction(const std::string& figure) {
  return figure.rfind("accuracy.", 0) == 0 && figure != "accuracy.inputs" &&
         figure != "accuracy.analog.chips";
}

Comparison compare_runs(const std::string& before, const std::string& after) {
  const std::vector<Json> a = runs_of(before), b = runs_of(after);
  Comparison comparison;
  comparison.keys = compare_keys(before, after);
  if (a.size() == 1 && b.size() == 1) {
    comparison.networks = {compare_networks(a[0], b[0])};
    return comparison;
  }
  const auto find = [](const std::vector<Json>& runs, const std::string& name) {
    return std::find_if(runs.begin(), runs.end(), [&](const Json& run) { return name_of(run) == name; });
  };
  for (const Json& run : a) {
    const auto other = find(b, name_of(run));
    if (other == b.end())
      comparison.missing.push_back(name_of(run));
    else
      comparison.networks.push_back(compare_networks(run, *other));
  }
  for (const Json& run : b)
    if (find(a, name_of(run)) == a.end()) comparison.added.push_back(name_of(run));
  if (comparison.networks.empty())
    throw UserError(fmt::format("{} and {} have no network in common", before, after));
  return comparison;
}

std::vector<std::string> figure_paths(const std::string& report) {
  std::vector<std::string> paths;
  for (const Json& run : runs_of(report))
    for (const auto& figure : numbers_of(run))
      if (std::find(paths.begin(), paths.end(), figure.first) == paths.end()) paths.push_back(figure.first);
  return paths;
}

std::string comparison_text(const Comparison& comparison) {
  std::string text;
  for (const KeyChange& key : comparison.keys)
    text += fmt::format("key        {:<34} {} -> {}\n", key.key, key.before, key.after);
  for (const std::string& name : comparison.missing) text += fmt::format("network    {} only before\n", name);
  for (const std::string& name : comparison.added) text += fmt::format("network    {} only after\n", name);
  for (const NetworkChange& network : comparison.networks) {
    text += fmt::format("network    {}{}\n", network.name,
                        network.figures.empty() && network.lost.empty() ? ": every figure is equal" : "");
    for (const std::string& path : network.lost) text += fmt::format("  {:<34} only before\n", path);
    for (const FigureChange& f : network.figures)
      text += fmt::format("  {:<34} {:.6g} -> {:.6g}   {}\n", f.path, f.before, f.after, delta_text(f));
  }
  return text;
}

}  // namespace mimosa
