// SPDX-License-Identifier: Apache-2.0
#include "sim/study/curves.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>

#include "models/base/error.hpp"
#include "sim/config/names.hpp"

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

}  // namespace

CurveSet curves_of(const IndexTable& table, const std::string& x, const std::string& y,
                   const std::string& series) {
  CurveSet set{.x = x, .y = y, .series = series, .numeric = true, .curves = {}};
  const std::size_t x_column = column_of(table, x, table.axes, "axis");
  const std::size_t y_column = column_of(table, y, table.figures, "figure");
  const auto half = std::find(table.columns.begin(), table.columns.end(), y + "_ci95");
  const auto half_column = static_cast<std::size_t>(half - table.columns.begin());
  bool names_numeric = true;
  std::vector<Json> names = {nullptr};
  std::size_t series_column = 0;
  if (!series.empty()) {
    series_column = column_of(table, series, table.axes, "axis");
    names = values_of(table, series_column, names_numeric);
  }
  const std::vector<Json> values = values_of(table, x_column, set.numeric);
  for (const Json& name : names) {
    std::map<std::size_t, std::vector<Reading>> at;
    for (const Json& row : table.rows) {
      if ((!series.empty() && row.at(series_column) != name) || !row.at(y_column).is_number()) continue;
      const auto place = std::find(values.begin(), values.end(), row.at(x_column));
      if (place == values.end()) continue;
      Reading reading{row.at(y_column).get<double>(), {}};
      if (half != table.columns.end() && row.at(half_column).is_number())
        reading.half = row.at(half_column).get<double>();
      at[static_cast<std::size_t>(place - values.begin())].push_back(reading);
    }
    Curve curve{.name = series.empty() ? "" : text_of(name), .points = {}};
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
