// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/figures.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "sim/config/names.hpp"
#include "sim/report/report.hpp"

namespace mimosa {
namespace {

using Json = nlohmann::json;

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t dot = std::min(path.find('.', from), path.size());
    parts.push_back(path.substr(from, dot - from));
    from = dot + 1;
  }
  return parts;
}

/// The value at a dotted path; null where the report has none.
Json at_path(const Json& report, const std::string& path) {
  const Json* at = &report;
  for (const std::string& key : parts_of(path)) {
    if (!at->is_object() || !at->contains(key)) return nullptr;
    at = &(*at)[key];
  }
  return *at;
}

/// A report with every part a run may ask for; maps of parts of the chip and of events are empty.
const Json& whole_report() {
  static const Json report = [] {
    RunResult r;
    r.accuracy.emplace().wrong_key.emplace();
    r.timing.emplace();
    r.energy.emplace();
    r.binding.emplace();
    r.baseline.emplace();
    r.paired.emplace();
    r.attention.emplace();
    r.unshared.emplace();
    r.arrival.emplace();
    r.diagnosis.emplace();
    r.error_budget.emplace();
    r.programming.emplace();
    r.wires.emplace();
    return Json::parse(report_json({r}, -1));
  }();
  return report;
}

/// UserError with the nearest name where no report has such a path.
void check_path(const std::string& path, const std::string& place) {
  const Json* at = &whole_report();
  for (const std::string& key : parts_of(path)) {
    if (at->is_null() || (at->is_object() && at->empty())) return;  // as the run has it
    std::vector<std::string> known;
    for (const auto& [name, value] : at->items())
      if (at->is_object()) known.push_back(name);
    if (!at->is_object() || !at->contains(key))
      throw UserError(fmt::format("{}: no figure {} in report.json{}", place, path,
                                  known.empty() ? "" : allowed_names(key, known)));
    at = &(*at)[key];
  }
}

}  // namespace

const std::vector<Figure>& figures() {
  static const std::vector<Figure> all = {
      {"accuracy", "accuracy.analog.mean", "", "share of inputs right on noisy chips, mean of the samples"},
      {"accuracy_ci95", "accuracy.analog.ci95", "", "half-width of its 95 % interval over chip samples"},
      {"accuracy_ideal", "accuracy.analog_ideal", "", "with converters and no device effects"},
      {"accuracy_float", "accuracy.float", "", "of the float reference"},
      {"accuracy_inputs_ci95", "accuracy.inputs_ci95", "", "half-width over inputs"},
      {"energy_j", "energy.per_input_j", "", "dynamic energy of an input"},
      {"energy_per_pass_j", "energy.per_pass_j", "", "dynamic energy of a pass"},
      {"static_per_pass_j", "energy.static_per_pass_j", "", "static energy of a pass in the steady state"},
      {"latency_s", "timing.latency_cycles", "timing.clock_hz", "from the first input to its result"},
      {"cycles_per_input", "timing.cycles_per_input", "", "in the steady state"},
      {"inputs_per_s", "timing.inputs_per_s", "", "in the steady state"},
      {"area_mm2", "area.total_mm2", "", "of the whole chip"},
      {"inputs_per_s_per_mm2", "inputs_per_s_per_mm2", "", "of the whole chip"},
      {"arrays_used", "utilisation.arrays_used", "", "arrays that hold weights"}};
  return all;
}

std::string figure_path(const std::string& name) {
  const auto found =
      std::find_if(figures().begin(), figures().end(), [&](const Figure& f) { return f.name == name; });
  return found == figures().end() ? name : found->path;
}

Json figure_of(const Json& report, const std::string& name) {
  const auto found =
      std::find_if(figures().begin(), figures().end(), [&](const Figure& f) { return f.name == name; });
  if (found == figures().end()) return at_path(report, name);
  const Json value = at_path(report, found->path);
  if (found->divisor.empty() || !value.is_number()) return value;
  return value.get<double>() / at_path(report, found->divisor).get<double>();
}

std::vector<Json> reports_of(const Json& report) {
  if (!report.contains("runs")) return {report};
  return {report["runs"].begin(), report["runs"].end()};
}

std::optional<double> figure_in(const Json& line, const std::string& figure) {
  if (line.contains("error")) return std::nullopt;
  Json value;
  if (line.contains("report")) {
    value = figure_of(reports_of(line["report"]).front(), figure);
  } else if (line["figures"][0].contains(figure)) {
    value = line["figures"][0][figure];
  }
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

void check_figure(const std::string& name, const std::string& place) {
  if (name.find('.') != std::string::npos) return check_path(name, place);
  std::vector<std::string> known;
  for (const Figure& figure : figures()) known.push_back(figure.name);
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw UserError(fmt::format("{}: no figure {}{}, or a path in report.json, e.g. timing.latency_cycles",
                                place, name, allowed_names(name, known)));
}

}  // namespace mimosa
