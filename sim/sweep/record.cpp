// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/record.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sim/report/report.hpp"
#include "sim/run/version.hpp"
#include "sim/sweep/figures.hpp"
#include "sim/sweep/journal.hpp"

namespace mimosa {
namespace {

using Json = nlohmann::ordered_json;

Json axes_json(const AxisValues& axes) {
  Json json = Json::object();
  for (const auto& [key, value] : axes) json[key] = axis_json(value);
  return json;
}

/// Fields up to `wall_s` stand first and in this order: `summary_of` counts on it.
Json heading_json(const PointHeading& heading, bool ok, double wall_s) {
  Json line;
  line["address"] = heading.address.hex();
  line["status"] = ok ? "ok" : "failed";
  line["results_version"] = results_version;
  line["wall_s"] = wall_s;
  line["axes"] = axes_json(heading.axes);
  line["seed"] = heading.seed;
  line["config_sha256"] = heading.config_sha256;
  return line;
}

std::string line_of(const Json& json) {
  return sealed(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

/// Takes `text` off the front of `line`.
bool take(std::string_view& line, std::string_view text) {
  if (!line.starts_with(text)) return false;
  line.remove_prefix(text.size());
  return true;
}

template <class T>
bool take_number(std::string_view& line, T& value) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (error != std::errc()) return false;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  return true;
}

bool take_address(std::string_view& line, Digest& address) {
  if (line.size() < 64) return false;
  for (std::size_t i = 0; i < 4; ++i) {
    const char* from = line.data() + 48 - 16 * i;
    if (std::from_chars(from, from + 16, address.words[i], 16).ptr != from + 16) return false;
  }
  line.remove_prefix(64);
  return true;
}

}  // namespace

nlohmann::ordered_json axis_json(const std::string& text) {
  const Json value = Json::parse(text, nullptr, false);
  return value.is_number() || value.is_boolean() ? value : Json(text);
}

std::string finished_line(const PointHeading& heading, const std::vector<RunResult>& results, double wall_s,
                          const std::vector<std::string>& record) {
  Json line = heading_json(heading, true, wall_s);
  const std::string report = report_json(results, -1);
  if (record.empty()) {
    line["report"] = Json::parse(report);
    return line_of(line);
  }
  line["figures"] = Json::array();
  for (const nlohmann::json& one : reports_of(nlohmann::json::parse(report))) {
    Json kept{{"network", one["network"]["name"]}};
    for (const std::string& name : record) kept[name] = figure_of(one, name);
    line["figures"].push_back(kept);
  }
  return line_of(line);
}

std::string failed_line(const PointHeading& heading, const std::string& error, double wall_s) {
  Json line = heading_json(heading, false, wall_s);
  line["error"] = error;
  return line_of(line);
}

std::string reused_line(std::string_view line, const AxisValues& axes, const std::string& origin) {
  Json json = Json::parse(line);
  json.erase("crc");
  json["axes"] = axes_json(axes);
  if (!json.contains("origin")) json["origin"] = origin;
  return line_of(json);
}

std::optional<LineSummary> summary_of(std::string_view line) {
  LineSummary summary;
  int version = 0;
  if (!take(line, "{\"address\":\"") || !take_address(line, summary.address) ||
      !take(line, "\",\"status\":\""))
    return std::nullopt;
  summary.ok = take(line, "ok");
  if (!summary.ok && !take(line, "failed")) return std::nullopt;
  if (!take(line, "\",\"results_version\":") || !take_number(line, version) || version != results_version ||
      !take(line, ",\"wall_s\":") || !take_number(line, summary.wall_s))
    return std::nullopt;
  return summary;
}

bool holds(std::string_view line, const std::vector<std::string>& record) {
  if (line.find(",\"report\":{") != std::string_view::npos) return true;
  if (record.empty()) return false;
  const std::size_t kept = line.find(",\"figures\":[");
  return kept != std::string_view::npos &&
         std::all_of(record.begin(), record.end(), [&](const std::string& name) {
           return line.find(fmt::format("\"{}\":", name), kept) != std::string_view::npos;
         });
}

}  // namespace mimosa
