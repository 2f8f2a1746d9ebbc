// SPDX-License-Identifier: Apache-2.0
#include "sim/study/curves.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>

#include "models/base/error.hpp"
#include "sim/config/axis_values.hpp"
#include "sim/config/names.hpp"
#include "sim/sweep/front.hpp"

namespace mimosa {
namespace {

using Json = nlohmann::json;

std::optional<double> number_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.get_ref<const std::string&>();
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::size_t column_of(const IndexTable& table, const std::string& name, const std::vector<std::string>& among,
                      const char* what) {
  if (std::find(among.begin(), among.end(), name) == among.end())
    throw UserError(fmt::format("{}: no such {}{}", name, what, allowed_names(name, among)));
  return static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), name) -
                                  table.columns.begin());
}

/// Distinct values of a column: numbers by size, else by name.
std::vector<Json> values_of(const IndexTable& table, std::size_t column, bool& numeric) {
  std::vector<Json> values;
  numeric = true;
  for (const Json& row : table.rows) {
    const Json& value = row.at(column);
    if (value.is_null() || std::find(values.begin(), values.end(), value) != values.end()) continue;
    values.push_back(value);
    numeric = numeric && number_of(value).has_value();
  }
  std::sort(values.begin(), values.end(), [&](const Json& a, const Json& b) {
    return numeric ? *number_of(a) < *number_of(b) : text_of(a) < text_of(b);
  });
  return values;
}

struct Reading {
  double y = 0.0;
  std::optional<double> half;
};

/// A table's rows as their figure, and the half-width of its interval where there is one.
class Readings {
 public:
  Readings(const IndexTable& table, const std::string& figure)
      : column_(column_of(table, figure, table.figures, "figure")) {
    const auto half = std::find(table.columns.begin(), table.columns.end(), figure + "_ci95");
    if (half != table.columns.end()) half_ = static_cast<std::size_t>(half - table.columns.begin());
  }
  [[nodiscard]] std::optional<Reading> of(const Json& row) const {
    if (!row.at(column_).is_number()) return std::nullopt;
    Reading reading{row.at(column_).get<double>(), {}};
    if (half_ && row.at(*half_).is_number()) reading.half = row.at(*half_).get<double>();
    return reading;
  }

 private:
  std::size_t column_;
  std::optional<std::size_t> half_;
};

CurvePoint point_of(const std::vector<Reading>& readings) {
  CurvePoint point;
  point.low = point.high = readings.front().y;
  for (const Reading& reading : readings) {
    point.y += reading.y / static_cast<double>(readings.size());
    point.low = std::min(point.low, reading.y);
    point.high = std::max(point.high, reading.y);
  }
  if (readings.size() == 1 && readings.front().half) {
    point.low -= *readings.front().half;
    point.high += *readings.front().half;
  }
  return point;
}

/// Name of a curve and the rows that are its.
std::vector<std::pair<std::string, std::vector<const Json*>>> rows_by_series(const IndexTable& table,
                                                                             const std::string& series) {
  std::vector<std::pair<std::string, std::vector<const Json*>>> all;
  if (series.empty()) {
    all.emplace_back();
    for (const Json& row : table.rows) all.back().second.push_back(&row);
    return all;
  }
  bool numeric = true;
  const std::size_t column = column_of(table, series, table.axes, "axis");
  for (const Json& name : values_of(table, column, numeric)) {
    all.emplace_back(text_of(name), std::vector<const Json*>{});
    for (const Json& row : table.rows)
      if (row.at(column) == name) all.back().second.push_back(&row);
  }
  return all;
}

/// Of accuracies and inputs per second, by themselves or by their path in report.json, but not of intervals.
bool more_is_better(const IndexTable& table, const std::string& figure) {
  if (table.objectives.contains(figure)) return table.objectives[figure] == "max";
  const std::string last = figure.substr(figure.rfind('.') + 1);
  const bool counts = last == "inputs" || last == "chips" || last.ends_with("ci95");
  return !counts && (figure.starts_with("accuracy") || last.starts_with("inputs_per_s"));
}

CurveSet frontiers_of(const IndexTable& table, const std::string& x, const std::string& y,
                      const std::string& series) {
  CurveSet set{.x = x, .y = y, .series = series, .numeric = true, .curves = {}};
  const Readings along(table, x), figures(table, y);
  for (const auto& [name, rows] : rows_by_series(table, series)) {
    std::vector<CurvePoint> points;
    for (const Json* row : rows) {
      const auto at = along.of(*row), reading = figures.of(*row);
      if (!at || !reading) continue;
      points.push_back(point_of({*reading}));
      points.back().x = at->y;
    }
    points = frontier(std::move(points), more_is_better(table, x), more_is_better(table, y));
    if (!points.empty()) set.curves.push_back({name, std::move(points)});
  }
  return set;
}

}  // namespace

void choose_rows(IndexTable& table, const std::string& axis, const std::string& values) {
  const std::size_t column = column_of(table, axis, table.axes, "axis");
  bool numeric = true;
  std::vector<std::string> known;
  for (const Json& value : values_of(table, column, numeric)) known.push_back(text_of(value));
  // A text that is a value as it stands is one, commas and all.
  const bool whole = std::find(known.begin(), known.end(), values) != known.end();
  std::vector<std::string> wanted = whole ? std::vector{values} : split_values(values, axis);
  for (std::string& value : wanted) {
    auto same = std::find(known.begin(), known.end(), value);
    if (const auto number = number_of(value); same == known.end() && number)
      same = std::find_if(known.begin(), known.end(),
                          [&](const std::string& other) { return number_of(other) == number; });
    if (same == known.end())
      throw UserError(fmt::format("{}: no point has {}{}", axis, value, allowed_names(value, known)));
    value = *same;
  }
  Json rows = Json::array();
  for (Json& row : table.rows)
    if (std::find(wanted.begin(), wanted.end(), text_of(row.at(column))) != wanted.end())
      rows.push_back(std::move(row));
  table.rows = std::move(rows);
}

std::vector<CurvePoint> frontier(std::vector<CurvePoint> points, bool more_x, bool more_y) {
  std::vector<std::vector<double>> costs;
  for (const CurvePoint& point : points)
    costs.push_back({more_x ? -point.x : point.x, more_y ? -point.y : point.y});
  const std::vector<bool> stays = non_dominated(costs);
  std::map<std::pair<double, double>, CurvePoint> front;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (stays[i]) front.try_emplace({points[i].x, points[i].y}, std::move(points[i]));
  points.clear();
  for (auto& [place, point] : front) points.push_back(std::move(point));
  return points;
}

CurveSet curves_of(const IndexTable& table, const std::string& x, const std::string& y,
                   const std::string& series) {
  if (std::find(table.figures.begin(), table.figures.end(), x) != table.figures.end())
    return frontiers_of(table, x, y, series);
  CurveSet set{.x = x, .y = y, .series = series, .numeric = true, .curves = {}};
  std::vector<std::string> known = table.axes;
  known.insert(known.end(), table.figures.begin(), table.figures.end());
  const std::size_t x_column = column_of(table, x, known, "axis or figure");
  const Readings figures(table, y);
  const std::vector<Json> values = values_of(table, x_column, set.numeric);
  for (const auto& [name, rows] : rows_by_series(table, series)) {
    std::map<std::size_t, std::vector<Reading>> at;
    for (const Json* row : rows) {
      const auto reading = figures.of(*row);
      const auto place = std::find(values.begin(), values.end(), row->at(x_column));
      if (reading && place != values.end())
        at[static_cast<std::size_t>(place - values.begin())].push_back(*reading);
    }
    Curve curve{.name = name, .points = {}};
    for (const auto& [place, readings] : at) {
      CurvePoint point = point_of(readings);
      point.label = text_of(values[place]);
      point.x = set.numeric ? *number_of(values[place]) : static_cast<double>(place);
      curve.points.push_back(point);
    }
    if (!curve.points.empty()) set.curves.push_back(std::move(curve));
  }
  return set;
}

}  // namespace mimosa
