// SPDX-License-Identifier: Apache-2.0
#include "sim/config/key_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
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

/// Of numbers between brackets.
ConfigValue parse_list(const ConfigKey& key, const std::string& text) {
  const std::string wanted = fmt::format("a list of up to {} finite numbers", key.most);
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') wrong_type(key, wanted, text);
  std::vector<double> values;
  const std::string inner = text.substr(1, text.size() - 2);
  for (std::size_t from = 0; inner.find_first_not_of(' ', from) != std::string::npos;) {
    const std::size_t end = std::min(inner.find(',', from), inner.size());
    const std::size_t begin = inner.find_first_not_of(' ', from);
    std::string item = begin < end ? inner.substr(begin, end - begin) : "";
    item.erase(item.find_last_not_of(' ') + 1);
    const auto value = number<double>(item);
    if (!value || !std::isfinite(*value)) wrong_type(key, wanted, text);
    values.push_back(std::get<double>(in_range<double>(key, *value)));
    from = end + 1;
    if (end == inner.size()) break;
  }
  if (values.size() > key.most) wrong_type(key, wanted, text);
  return values;
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

bool KeyTable::is_used(const ConfigKey& k) const {
  if (k.law_key.empty()) return true;
  if (!is_used(*key(k.law_key))) return false;
  const std::string law = to_text(key(k.law_key)->get());
  return std::find(k.laws.begin(), k.laws.end(), law) != k.laws.end();
}

std::string KeyTable::unused_text(const ConfigKey& k) const {
  if (!is_used(*key(k.law_key))) return unused_text(*key(k.law_key));
  return fmt::format("has no effect with {}: {}; allowed with: {}", k.law_key, to_text(key(k.law_key)->get()),
                     fmt::join(k.laws, ", "));
}

ConfigKey& KeyCollector::add(const char* key, const char* unit, const char* sentence) {
  ConfigKey& entry = table_.keys.emplace_back();
  entry.path = prefix_ + key;
  entry.unit = unit;
  entry.sentence = sentence;
  entry.where = where_;
  entry.law_key = law_key_;
  entry.laws = laws_;
  return entry;
}

void KeyCollector::list(const char* key, std::vector<double>& value, const char* unit, const char* sentence,
                        double low, double high, std::size_t most) {
  ConfigKey& entry = add(key, unit, sentence);
  entry.kind = KeyKind::List;
  entry.low = low;
  entry.high = high;
  entry.most = most;
  entry.get = [&value]() -> ConfigValue { return value; };
  entry.set = [&value](const ConfigValue& given) { value = std::get<std::vector<double>>(given); };
}

void KeyCollector::text(const char* key, std::string& value, const char* sentence) {
  ConfigKey& entry = add(key, "1", sentence);
  entry.kind = KeyKind::Text;
  entry.get = [&value]() -> ConfigValue { return value; };
  entry.set = [&value](const ConfigValue& given) { value = std::get<std::string>(given); };
}

ConfigValue parse_value(const ConfigKey& key, const std::string& text) {
  switch (key.kind) {
    case KeyKind::Choice:
      return parse_choice(key, text);
    case KeyKind::Text:
      return text;
    case KeyKind::List:
      return parse_list(key, text);
    case KeyKind::Switch:
      return parse_switch(key, text);
    case KeyKind::Integer:
      if (const auto value = number<std::int64_t>(text)) return in_range(key, *value);
      wrong_type(key, "an integer", text);
    default:
      if (const auto value = number<double>(text); value && std::isfinite(*value))
        return in_range(key, *value);
      wrong_type(key, "a finite number", text);
  }
}

std::string to_text(const ConfigValue& value) {
  if (const auto* list = std::get_if<std::vector<double>>(&value))
    return fmt::format("[{}]", fmt::join(*list, ", "));
  return std::visit(
      [](const auto& v) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::vector<double>>)
          return "";
        else
          return fmt::format("{}", v);
      },
      value);
}

std::string allowed_text(const ConfigKey& key) {
  switch (key.kind) {
    case KeyKind::Choice:
      return fmt::format("{}", fmt::join(key.choices, ", "));
    case KeyKind::Text:
      return "a path";
    case KeyKind::Switch:
      return "true, false";
    case KeyKind::List:
      return fmt::format("up to {} numbers, each {} .. {}", key.most, to_text(key.low), to_text(key.high));
    default:
      return to_text(key.low) + " .. " + to_text(key.high);
  }
}

}  // namespace mimosa
