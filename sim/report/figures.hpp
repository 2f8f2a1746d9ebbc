// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mimosa {

/// 1234567 to "1,234,567"; a number that is not whole keeps one digit below 10,000.
[[nodiscard]] std::string grouped(std::int64_t value);
[[nodiscard]] std::string grouped(double value);
/// A share 0 … 1 to "87.12 %".
[[nodiscard]] std::string percent(double share, int digits);
/// Four digits and a prefix: 1.2345e-8, "J" to "12.35 nJ".
[[nodiscard]] std::string with_prefix(double value, const std::string& unit);
/// The ratio with three digits: "1.95×".
[[nodiscard]] std::string times(double ratio);
/// "1 day", "25 s": in the largest of year, day, h, min, s that gives at least 1.
[[nodiscard]] std::string duration(double seconds);
/// What a component of the energy is called in text.
[[nodiscard]] std::string component_name(const std::string& key);
/// Key and share of the total, the largest first; empty where the total is 0.
[[nodiscard]] std::vector<std::pair<std::string, double>> shares(
    const std::map<std::string, double>& by_component);

}  // namespace mimosa
