// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep.hpp"

#include <nlohmann/json.hpp>

#include "sim/config/effective.hpp"
#include "sim/report/report.hpp"

namespace mimosa {
namespace {

using Json = nlohmann::ordered_json;

/// A number where the text is one: what reads the journal plots it.
Json axis_value(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  return value.is_number() || value.is_boolean() ? value : Json(text);
}

}  // namespace

std::string point_json(const SweepPoint& point, const PointOutcome& outcome) {
  Json line;
  line["axes"] = Json::object();
  for (const auto& [key, value] : point.axes) line["axes"][key] = axis_value(value);
  line["config_sha256"] = config_sha256(point.experiment);
  if (outcome.error.empty())
    line["report"] = Json::parse(report_json(outcome.results, -1));
  else
    line["error"] = outcome.error;
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

int run_sweep(const std::vector<SweepPoint>& points, const RunFunction& run, Journal& journal,
              const SweepOptions& options) {
  int failed = 0;
  for (const SweepPoint& point : points) {
    PointOutcome outcome;
    try {
      outcome.results = run(point.experiment, options.request);
    } catch (const std::exception& e) {
      if (options.interrupted && options.interrupted()) throw;
      outcome.error = e.what();
      ++failed;
    }
    const std::string line = point_json(point, outcome);
    journal.append(line);
    if (options.done) options.done(point, outcome, line);
  }
  return failed;
}

}  // namespace mimosa
