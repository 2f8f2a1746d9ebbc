// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/figures.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "sim/config/names.hpp"

namespace mimosa {
namespace {

using Json = nlohmann::json;

/// The value at a dotted path; null where a part on the way is null.
Json at_path(const Json& report, const std::string& path) {
  const Json* at = &report;
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t dot = std::min(path.find('.', from), path.size());
    if (at->is_null()) return nullptr;
    const std::string key = path.substr(from, dot - from);
    if (!at->is_object() || !at->contains(key))
      throw UserError(fmt::format("{}: no such figure in the report", path));
    at = &(*at)[key];
    from = dot + 1;
  }
  return *at;
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
  if (name.find('.') != std::string::npos) return;
  std::vector<std::string> known;
  for (const Figure& figure : figures()) known.push_back(figure.name);
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw UserError(fmt::format("{}: no figure {}{}, or a path in report.json, e.g. timing.latency_cycles",
                                place, name, allowed_names(name, known)));
}

}  // namespace mimosa
