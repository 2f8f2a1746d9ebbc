// SPDX-License-Identifier: Apache-2.0
#include "sim/study/compare_sweeps.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "models/base/error.hpp"
#include "sim/report/compare_reports.hpp"
#include "sim/report/markup.hpp"
#include "sim/study/sweep_pairs.hpp"
#include "sim/sweep/figures.hpp"

namespace mimosa {
namespace {

/// Figures recorded alone, as a run that holds nothing else but the seed.
Json as_run(const Json& recorded, const Json& seed) {
  Json run{{"network", {{"name", recorded["network"]}}}, {"provenance", {{"seed", seed}}}};
  for (const auto& [name, value] : recorded.items())
    if (name != "network") run[name] = value;
  return run;
}

std::vector<Json> recorded_runs(const Json& line) {
  std::vector<Json> runs;
  for (const Json& recorded : line["figures"]) runs.push_back(as_run(recorded, line["seed"]));
  return runs;
}

/// The runs of a line: whole, or cut down to the figures that the other line has recorded.
std::vector<Json> runs_of_line(const Json& line, const Json& other) {
  if (!line.contains("report")) return recorded_runs(line);
  if (other.contains("report")) return runs_of(line["report"]).value_or(std::vector<Json>{});
  std::vector<Json> runs;
  for (const nlohmann::json& whole : reports_of(nlohmann::json(line["report"]))) {
    Json figures{{"network", whole["network"]["name"]}};
    for (const auto& [name, value] : other["figures"][0].items())
      if (name != "network") figures[name] = figure_of(whole, name);
    runs.push_back(as_run(figures, line["seed"]));
  }
  return runs;
}

Comparison compare_lines(const std::string& before, const std::string& after,
                         std::set<std::string>& figures) {
  const Json a = Json::parse(before), b = Json::parse(after);
  const std::vector<Json> runs = runs_of_line(a, b);
  for (const Json& run : runs)
    for (const auto& [path, value] : numbers_of(run)) figures.insert(path);
  return compare_reports(runs, runs_of_line(b, a));
}

void add_pair(SweepComparison& comparison, const PointPair& pair, std::set<std::string>& figures) {
  const std::string point = axes_text(pair.axes());
  if (pair.after == nullptr)
    comparison.missing.push_back(point);
  else if (pair.before == nullptr)
    comparison.added.push_back(point);
  else if (pair.before->ok && pair.after->ok)
    comparison.points.push_back({point, compare_lines(pair.before->line, pair.after->line, figures)});
  else if (pair.before->ok)
    comparison.failed.push_back(
        fmt::format("{}: {}", point, Json::parse(pair.after->line)["error"].get<std::string>()));
}

/// How far one figure went over all points.
struct Spread {
  std::size_t count = 0, significant = 0;
  std::size_t from_zero = 0;  ///< those of them that no percentage tells
  const FigureChange* low = nullptr;
  const FigureChange* high = nullptr;
  std::string furthest;  ///< the point
};

/// Points of a fraction, percent of the rest.
double delta(const FigureChange& f) {
  const double change = 100.0 * (f.after - f.before);
  return is_fraction(f.path) ? change : change / std::abs(f.before);
}

void add(Spread& spread, const FigureChange& f, const std::string& point) {
  ++spread.count;
  spread.significant += f.ci95 && std::abs(f.after - f.before) > *f.ci95 ? 1 : 0;
  if (!is_fraction(f.path) && f.before == 0.0) {
    ++spread.from_zero;
    return;
  }
  const double furthest =
      spread.low == nullptr ? -1.0 : std::max(std::abs(delta(*spread.low)), std::abs(delta(*spread.high)));
  if (std::abs(delta(f)) > furthest) spread.furthest = point;
  if (spread.low == nullptr || delta(f) < delta(*spread.low)) spread.low = &f;
  if (spread.high == nullptr || delta(f) > delta(*spread.high)) spread.high = &f;
}

/// Figures by path, in the order of their first point.
std::vector<std::pair<std::string, Spread>> spreads_of(const SweepComparison& comparison) {
  std::vector<std::pair<std::string, Spread>> spreads;
  for (const PointChange& point : comparison.points)
    for (const NetworkChange& network : point.comparison.networks)
      for (const FigureChange& f : network.figures) {
        auto found =
            std::find_if(spreads.begin(), spreads.end(), [&](const auto& s) { return s.first == f.path; });
        if (found == spreads.end()) found = spreads.insert(found, {f.path, {}});
        add(found->second, f, point.point);
      }
  return spreads;
}

std::string spread_text(const std::string& path, const Spread& s) {
  std::string text = fmt::format("  {:<34} {} changed", printable(path), s.count);
  if (s.from_zero > 0) text += fmt::format(", {} of them from 0", s.from_zero);
  if (s.low == nullptr) return text + '\n';
  if (s.low->ci95 || s.high->ci95) text += fmt::format(" ({} significant)", s.significant);
  return text + fmt::format(", {:+.2f} .. {:+.2f} {}, furthest at {}\n", delta(*s.low), delta(*s.high),
                            is_fraction(path) ? "points" : "%", printable(s.furthest));
}

/// Whether a figure stands in the lines of each point: it has a short name, or was recorded, and is no
/// interval of another.
bool is_headline(const std::string& path) {
  if (path.ends_with("ci95")) return false;
  return path.find('.') == std::string::npos ||
         std::any_of(figures().begin(), figures().end(), [&](const Figure& f) { return f.path == path; });
}

std::string point_text(const PointChange& point) {
  Comparison headlines = point.comparison;
  headlines.keys.clear();
  for (NetworkChange& network : headlines.networks) {
    std::erase_if(network.figures, [](const FigureChange& f) { return !is_headline(f.path); });
    std::erase_if(network.lost, [](const std::string& path) { return !is_headline(path); });
  }
  std::erase_if(headlines.networks,
                [](const NetworkChange& n) { return n.figures.empty() && n.lost.empty(); });
  return fmt::format("point      {}\n{}", printable(point.point), comparison_text(headlines));
}

std::string list_text(const std::string& what, const std::vector<std::string>& points, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(points.size(), most); ++i)
    text += fmt::format("{:<10} {}\n", what, printable(points[i]));
  if (points.size() > most) text += fmt::format("{:<10} … and {} others\n", what, points.size() - most);
  return text;
}

}  // namespace

bool PointChange::is_equal() const {
  return comparison.missing.empty() && comparison.added.empty() &&
         std::all_of(comparison.networks.begin(), comparison.networks.end(),
                     [](const NetworkChange& n) { return n.figures.empty() && n.lost.empty(); });
}

SweepComparison compare_sweeps(const std::string& before, const std::string& after) {
  SweepComparison comparison;
  const StoredPoints a = read_points(before, comparison.damages), b = read_points(after, comparison.damages);
  std::set<std::string> figures, axes;
  for (const PointPair& pair : pairs_of(before, a, after, b)) {
    add_pair(comparison, pair, figures);
    for (const auto& [name, value] : pair.axes().items()) axes.insert(name);
  }
  if (comparison.points.empty() && comparison.failed.empty())
    throw UserError(fmt::format("{} and {} have no finished point in common", before, after));
  comparison.figures.assign(figures.begin(), figures.end());
  comparison.keys = compare_keys(before, after);
  // Those of the first points: keys on axes, or of a part on an axis, differ within a sweep, too.
  std::erase_if(comparison.keys, [&](const KeyChange& change) {
    return axes.contains(change.key) || axes.contains(change.key.substr(0, change.key.find('.')));
  });
  return comparison;
}

std::vector<std::string> broken(const Gate& gate, const SweepComparison& comparison) {
  std::vector<std::string> sentences;
  for (const std::string& point : comparison.missing)
    sentences.push_back(fmt::format("{}: at {}: the point is missing", gate.text, point));
  for (const std::string& point : comparison.failed)
    sentences.push_back(fmt::format("{}: it failed at {}", gate.text, point));
  const Gate unnamed{gate.way, gate.unit, "", gate.figure, gate.amount};
  for (const PointChange& point : comparison.points)
    for (const std::string& sentence : broken(unnamed, point.comparison, comparison.figures))
      sentences.push_back(fmt::format("{}: at {}{}", gate.text, point.point, sentence));
  return sentences;
}

std::string comparison_text(const SweepComparison& comparison, std::size_t most) {
  std::vector<const PointChange*> changed;
  for (const PointChange& point : comparison.points)
    if (!point.is_equal()) changed.push_back(&point);
  std::string text = fmt::format("points     {} finished in both, {} of them changed\n",
                                 comparison.points.size(), changed.size());
  const bool same = changed.empty() && comparison.missing.empty() && comparison.added.empty();
  if (!same) text += keys_text(comparison.keys);
  text += list_text("missing", comparison.missing, most) + list_text("added", comparison.added, most) +
          list_text("failed", comparison.failed, most);
  if (!changed.empty()) text += "figures\n";
  for (const auto& [path, spread] : spreads_of(comparison)) text += spread_text(path, spread);
  for (std::size_t i = 0; i < std::min(changed.size(), most); ++i) text += point_text(*changed[i]);
  if (changed.size() > most) text += fmt::format("point      … and {} others\n", changed.size() - most);
  return text;
}

}  // namespace mimosa
