// SPDX-License-Identifier: Apache-2.0
#include "sim/config/axis_values.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <set>

#include "models/base/error.hpp"
#include "sim/config/experiment_keys.hpp"

namespace mimosa {
namespace {

double number(const std::string& text, const std::string& place) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end || !std::isfinite(value))
    throw UserError(fmt::format("{}: \"{}\" is no number", place, text));
  return value;
}

int steps_of(const std::string& text, const std::string& place) {
  const double steps = number(text, place);
  if (!(steps >= 2.0 && steps <= 1e7) || steps != std::floor(steps))
    throw UserError(fmt::format("{}: {} steps; allowed: 2 .. 10000000", place, text));
  return static_cast<int>(steps);
}

void check_range(const AxisRange& range, const std::string& place) {
  if (!(range.low < range.high))
    throw UserError(
        fmt::format("{}: a range from {} to {}; the second must be larger", place, range.low, range.high));
  if (range.log && !(range.low > 0.0))
    throw UserError(fmt::format("{}: a logarithmic range from {}; allowed: above 0", place, range.low));
  if (range.integer && (range.low != std::floor(range.low) || range.high != std::floor(range.high)))
    throw UserError(fmt::format("{}: holds whole numbers, got {} to {}", place, range.low, range.high));
}

}  // namespace

std::vector<std::string> split_values(const std::string& text, const std::string& place) {
  std::vector<std::string> values;
  std::size_t from = 0;
  for (;;) {
    std::size_t comma = from;
    for (int depth = 0; comma < text.size() && (depth > 0 || text[comma] != ','); ++comma)
      depth += text[comma] == '[' ? 1 : (text[comma] == ']' ? -1 : 0);
    std::string value = text.substr(from, comma - from);
    value.erase(0, value.find_first_not_of(' '));
    value.erase(value.find_last_not_of(' ') + 1);
    if (value.empty())
      throw UserError(fmt::format("{}: an empty value in \"{}\"; allowed: a,b,c", place, text));
    values.push_back(value);
    if (comma == text.size()) return values;
    from = comma + 1;
  }
}

Axis axis_of_values(const std::string& key, const std::vector<std::string>& values,
                    const std::string& place) {
  if (values.empty()) throw UserError(place + ": no values; allowed: a list or 'a,b,c'");
  Axis axis{.name = key};
  std::set<std::string> seen;
  for (const std::string& value : values) {
    if (!seen.insert(value).second) throw UserError(place + ": " + value + " stands twice; allowed: once");
    axis.steps.push_back({value, {{key, value}}});
  }
  return axis;
}

std::string value_in(const AxisRange& range, double share) {
  double value = range.log ? range.low * std::pow(range.high / range.low, share)
                           : range.low + (range.high - range.low) * share;
  if (range.integer) value = std::round(value);
  return fmt::format("{:.12g}", std::min(std::max(value, range.low), range.high));
}

Axis axis_of_range(const std::string& key, const AxisRange& range, int steps, const std::string& place) {
  check_range(range, place);
  Axis axis{.name = key, .range = range};
  const bool whole = range.integer && !range.log && range.high - range.low < 1e7;
  const int numbers = whole ? static_cast<int>(range.high - range.low) + 1 : 0;
  if (whole && steps > numbers)
    throw UserError(fmt::format("{}: {} steps; there are {} whole numbers from {:g} to {:g}", place, steps,
                                numbers, range.low, range.high));
  if (steps == 0) steps = numbers;
  for (int i = 0; i < steps; ++i) {
    const std::string value = value_in(range, static_cast<double>(i) / (steps - 1));
    // Whole numbers close to each other on a logarithmic range are one.
    if (axis.steps.empty() || axis.steps.back().label != value) axis.steps.push_back({value, {{key, value}}});
  }
  return axis;
}

Axis zipped(const std::vector<Axis>& parts, const std::string& place) {
  if (parts.size() < 2) throw UserError(place + ": zips one key; allowed: two or more");
  Axis axis;
  for (const Axis& part : parts) axis.name += (axis.name.empty() ? "" : "+") + part.name;
  for (const Axis& part : parts)
    if (part.steps.size() != parts[0].steps.size() || part.steps.empty())
      throw UserError(fmt::format("{}: {} has {} values, {} has {}; they must be as many", place,
                                  parts[0].name, parts[0].steps.size(), part.name, part.steps.size()));
  axis.steps.resize(parts[0].steps.size());
  for (std::size_t i = 0; i < axis.steps.size(); ++i) {
    for (const Axis& part : parts) {
      AxisStep& step = axis.steps[i];
      step.label += (step.label.empty() ? "" : "+") + part.steps[i].label;
      step.settings.push_back(part.steps[i].settings[0]);
    }
  }
  return axis;
}

Axis axis_of_text(const std::string& key, const std::string& text, const std::string& place) {
  for (const bool log : {false, true}) {
    const std::string name = log ? "log(" : "linear(";
    if (!text.starts_with(name) || !text.ends_with(")")) continue;
    const std::vector<std::string> parts =
        split_values(text.substr(name.size(), text.size() - name.size() - 1), place);
    if (parts.size() != 2 && parts.size() != 3)
      throw UserError(fmt::format("{}: \"{}\" is no range; allowed: {}low,high) or {}low,high,steps)", place,
                                  text, name, name));
    const AxisRange range{number(parts[0], place), number(parts[1], place), log, holds_integers(key)};
    return axis_of_range(key, range, parts.size() == 3 ? steps_of(parts[2], place) : 0, place);
  }
  return axis_of_values(key, split_values(text, place), place);
}

bool holds_integers(const std::string& key) {
  Experiment scratch;
  const KeyTable table = experiment_keys(scratch);
  const ConfigKey* found = table.key(key);
  return found != nullptr && found->kind == KeyKind::Integer;
}

}  // namespace mimosa
