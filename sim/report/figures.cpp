// SPDX-License-Identifier: Apache-2.0
#include "sim/report/figures.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace mimosa {

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value);
  const std::ptrdiff_t sign = value < 0 ? 1 : 0;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > sign; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string grouped(double value) {
  if (!std::isfinite(value)) return fmt::format("{}", value);
  const double tenths = std::round(std::abs(value) * 10.0);
  const bool whole = std::abs(value) >= 10000.0 || std::fmod(tenths, 10.0) == 0.0;
  if (whole) return grouped(static_cast<std::int64_t>(std::llround(value)));
  const std::string below = fmt::format(".{}", static_cast<int>(std::fmod(tenths, 10.0)));
  return (value < 0.0 ? "-" : "") + grouped(static_cast<std::int64_t>(tenths / 10.0)) + below;
}

std::string percent(double share, int digits) {
  return fmt::format("{:.{}f} %", 100.0 * share, digits);
}

std::string with_prefix(double value, const std::string& unit) {
  static constexpr const char* prefixes[] = {"f", "p", "n", "µ", "m", "", "k", "M", "G", "T"};
  if (value == 0.0 || !std::isfinite(value)) return fmt::format("{} {}", value, unit);
  const int power = std::clamp(static_cast<int>(std::floor(std::log10(std::abs(value)) / 3.0)), -5, 4);
  return fmt::format("{:.4g} {}{}", value / std::pow(1000.0, power), prefixes[power + 5], unit);
}

std::string times(double ratio) {
  return fmt::format("{:.3g}×", ratio);
}

std::string duration(double seconds) {
  static constexpr std::pair<double, const char*> units[] = {
      {365.0 * 86400.0, "year"}, {86400.0, "day"}, {3600.0, "h"}, {60.0, "min"}};
  for (const auto& [length, name] : units) {
    if (seconds < length) continue;
    const double count = seconds / length;
    const bool plural = count != 1.0 && length >= 86400.0;
    return fmt::format("{:.4g} {}{}", count, name, plural ? "s" : "");
  }
  return fmt::format("{:.4g} s", seconds);
}

std::string component_name(const std::string& key) {
  static const std::map<std::string, std::string> names = {{"mvm", "MVM"},
                                                           {"dac", "DAC"},
                                                           {"adc", "ADC"},
                                                           {"sample_hold", "sample-and-hold"},
                                                           {"shift_add", "shift-add"},
                                                           {"vector", "vector unit"},
                                                           {"matrix", "matrix unit"},
                                                           {"noc", "NoC"},
                                                           {"io", "off-chip link"},
                                                           {"control", "controllers"}};
  const auto found = names.find(key);
  return found == names.end() ? key : found->second;
}

std::vector<std::pair<std::string, double>> shares(const std::map<std::string, double>& by_component) {
  double total = 0.0;
  for (const auto& [key, value] : by_component) total += value;
  std::vector<std::pair<std::string, double>> sorted;
  if (total <= 0.0) return sorted;
  for (const auto& [key, value] : by_component) sorted.emplace_back(key, value / total);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

}  // namespace mimosa
