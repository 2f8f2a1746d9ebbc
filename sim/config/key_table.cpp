// SPDX-License-Identifier: Apache-2.0
#include "sim/config/key_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>

#include "models/base/error.hpp"
#include "sim/config/names.hpp"

namespace mimosa {
namespace {

/// The whole of `text` as a number; a leading plus is allowed.
template <class T>
std::optional<T> number(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string with_unit(const std::string& text, const ConfigKey& key) {
  return key.unit == "1" ? text : text + ' ' + key.unit;
}

[[noreturn]] void wrong_type(const ConfigKey& key, const std::string& wanted, const std::string& text) {
  const std::string unit = key.unit == "1" ? "" : " in " + key.unit;
  throw UserError(fmt::format("expected {}{} ({}), got \"{}\"; allowed: {}", wanted, unit, key.sentence, text,
                              allowed_text(key)));
}

template <class T>
ConfigValue in_range(const ConfigKey& key, T value) {
  if (value < std::get<T>(key.low) || value > std::get<T>(key.high))
    throw UserError(fmt::format("{} is outside {} ({})", with_unit(to_text(value), key), allowed_text(key),
                                key.sentence));
  return value;
}

ConfigValue parse_choice(const ConfigKey& key, const std::string& text) {
  if (std::find(key.choices.begin(), key.choices.end(), text) != key.choices.end()) return text;
  throw UserError(
      fmt::format("\"{}\" is not a choice ({}){}", text, key.sentence, allowed_names(text, key.choices)));
}

ConfigValue parse_switch(const ConfigKey& key, const std::string& text) {
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  wrong_type(key, "true or false", text);
}

}  // namespace

const ConfigKey* KeyTable::key(std::string_view path) const {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const ConfigKey& k) { return k.path == path; });
  return found == keys.end() ? nullptr : &*found;
}

const ConfigSection* KeyTable::section(std::string_view path) const {
  const auto found =
      std::find_if(sections.begin(), sections.end(), [&](const ConfigSection& s) { return s.path == path; });
  return found == sections.end() ? nullptr : &*found;
}

std::vector<std::string> KeyTable::children(std::string_view section) const {
  const std::string prefix = section.empty() ? "" : std::string(section) + '.';
  std::vector<std::string> names;
  const auto collect = [&](const std::string& path) {
    if (path.rfind(prefix, 0) != 0) return;
    std::string rest = path.substr(prefix.size());
    if (!rest.empty() && rest.find('.') == std::string::npos) names.push_back(std::move(rest));
  };
  for (const ConfigKey& k : keys) collect(k.path);
  for (const ConfigSection& s : sections) collect(s.path);
  return names;
}

ConfigValue parse_value(const ConfigKey& key, const std::string& text) {
  if (!key.choices.empty()) return parse_choice(key, text);
  if (std::holds_alternative<bool>(key.low)) return parse_switch(key, text);
  if (std::holds_alternative<std::int64_t>(key.low)) {
    if (const auto value = number<std::int64_t>(text)) return in_range(key, *value);
    wrong_type(key, "an integer", text);
  }
  if (const auto value = number<double>(text); value && std::isfinite(*value)) return in_range(key, *value);
  wrong_type(key, "a finite number", text);
}

std::string to_text(const ConfigValue& value) {
  return std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
}

std::string allowed_text(const ConfigKey& key) {
  if (!key.choices.empty()) return fmt::format("{}", fmt::join(key.choices, ", "));
  if (std::holds_alternative<bool>(key.low)) return "true, false";
  return to_text(key.low) + " .. " + to_text(key.high);
}

}  // namespace mimosa
