// SPDX-License-Identifier: Apache-2.0
#include "sim/report/compare.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/report/compare_reports.hpp"
#include "sim/report/markup.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

std::string report_path(const std::string& path) {
  return fs::is_directory(path) ? (fs::path(path) / "report.json").string() : path;
}

std::vector<Json> runs_in(const std::string& path) {
  const std::string file = report_path(path);
  const std::optional<std::vector<Json>> runs = runs_of(Json::parse(read_file(file), nullptr, false));
  if (!runs) throw UserError(file + ": is no report of a run");
  return *runs;
}

std::string folder_of(const std::string& path) {
  return fs::path(report_path(path)).parent_path().string();
}

}  // namespace

bool is_fraction(const std::string& figure) {
  const auto begins = [&](const char* text) { return figure.starts_with(text); };
  return (figure == "accuracy" || begins("accuracy.") || begins("accuracy_") || begins("paired.")) &&
         figure != "accuracy.inputs" && figure != "accuracy.analog.chips" && figure != "paired.chips";
}

Comparison compare_runs(const std::string& before, const std::string& after) {
  Comparison comparison = compare_reports(runs_in(before), runs_in(after));
  if (comparison.networks.empty())
    throw UserError(fmt::format("{} and {} have no network in common", before, after));
  comparison.keys = compare_keys(folder_of(before), folder_of(after));
  return comparison;
}

std::vector<std::string> figure_paths(const std::string& report) {
  std::vector<std::string> paths;
  for (const Json& run : runs_in(report))
    for (const auto& figure : numbers_of(run))
      if (std::find(paths.begin(), paths.end(), figure.first) == paths.end()) paths.push_back(figure.first);
  return paths;
}

std::string delta_text(const FigureChange& f) {
  const double delta = f.after - f.before;
  if (!is_fraction(f.path))
    return f.before == 0.0 ? "" : fmt::format("{:+.2f} %", 100.0 * delta / std::abs(f.before));
  std::string text = fmt::format("{:+.2f} points", 100.0 * delta);
  if (!f.ci95) return text;
  return text + fmt::format(" ± {:.2f} ({}): {}", 100.0 * *f.ci95, f.paired ? "same chips" : "not paired",
                            std::abs(delta) > *f.ci95 ? "significant" : "not significant");
}

std::string keys_text(const std::vector<KeyChange>& keys) {
  std::string text;
  for (const KeyChange& key : keys)
    text += fmt::format("key        {:<34} {} -> {}\n", key.key, printable(key.before), printable(key.after));
  return text;
}

std::string comparison_text(const Comparison& comparison) {
  std::string text = keys_text(comparison.keys);
  for (const std::string& name : comparison.missing)
    text += fmt::format("network    {} only before\n", printable(name));
  for (const std::string& name : comparison.added)
    text += fmt::format("network    {} only after\n", printable(name));
  for (const NetworkChange& network : comparison.networks) {
    text += fmt::format("network    {}{}\n", printable(network.name),
                        network.figures.empty() && network.lost.empty() ? ": every figure is equal" : "");
    for (const std::string& path : network.lost)
      text += fmt::format("  {:<34} only before\n", printable(path));
    for (const FigureChange& f : network.figures)
      text += fmt::format("  {:<34} {:.6g} -> {:.6g}   {}\n", printable(f.path), f.before, f.after,
                          delta_text(f));
  }
  return text;
}

}  // namespace mimosa
