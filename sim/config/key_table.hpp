// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace mimosa {

/// What one key may hold: a switch, an integer, a number, or one of the names of a choice.
using ConfigValue = std::variant<bool, std::int64_t, double, std::string>;

/// One key of a spec: where it stands, what it means, what it may be, and access to the member behind it.
struct ConfigKey {
  std::string path;            ///< dotted, from the root of the table: "adc.bits"
  std::string unit, sentence;  ///< unit "1": dimensionless
  ConfigValue low, high;       ///< same alternative as the value; unused by choices
  std::vector<std::string> choices;
  std::function<ConfigValue()> get;
  std::function<void(const ConfigValue&)> set;
};

struct ConfigSection {
  std::string path, sentence;
};

/// The keys of one or more specs in the order `describe` names them. Refers to the specs: they must outlive
/// it.
struct KeyTable {
  std::vector<ConfigKey> keys;
  std::vector<ConfigSection> sections;

  /// Null where there is no such key or section.
  [[nodiscard]] const ConfigKey* key(std::string_view path) const;
  [[nodiscard]] const ConfigSection* section(std::string_view path) const;
  /// Last parts of the keys and sections directly below `section` ("" is the root).
  [[nodiscard]] std::vector<std::string> children(std::string_view section) const;
};

/// Visitor of the `describe` templates that collects the keys of a spec below `prefix` ("" or "chip.").
/// Integers of every width are held as int64: the limits keep them exact.
class KeyCollector {
 public:
  KeyCollector(KeyTable& table, std::string prefix) : table_(table), prefix_(std::move(prefix)) {}

  template <class T, class L, class H>
  void field(const char* key, T& value, const char* unit, const char* sentence, L low, H high) {
    using Held = std::conditional_t<std::same_as<T, bool>, bool,
                                    std::conditional_t<std::integral<T>, std::int64_t, double>>;
    ConfigKey entry{prefix_ + key,           unit, sentence, static_cast<Held>(low),
                    static_cast<Held>(high), {},   {},       {}};
    entry.get = [&value]() -> ConfigValue { return static_cast<Held>(value); };
    entry.set = [&value](const ConfigValue& given) { value = static_cast<T>(std::get<Held>(given)); };
    table_.keys.push_back(std::move(entry));
  }

  template <class E>
  void choice(const char* key, E& value, const char* sentence,
              std::initializer_list<std::pair<const char*, std::type_identity_t<E>>> options) {
    const std::vector<std::pair<std::string, E>> names(options.begin(), options.end());
    ConfigKey entry{prefix_ + key, "1", sentence, {}, {}, {}, {}, {}};
    for (const auto& option : names) entry.choices.push_back(option.first);
    entry.get = [&value, names]() -> ConfigValue {
      for (const auto& option : names)
        if (option.second == value) return option.first;
      return std::string();
    };
    entry.set = [&value, names](const ConfigValue& given) {
      for (const auto& option : names)
        if (option.first == std::get<std::string>(given)) value = option.second;
    };
    table_.keys.push_back(std::move(entry));
  }

  template <class Body>
  void section(const char* key, const char* sentence, Body body) {
    table_.sections.push_back({prefix_ + key, sentence});
    KeyCollector inner(table_, prefix_ + key + '.');
    body(inner);
  }

 private:
  KeyTable& table_;
  std::string prefix_;
};

/// Text to value of the key's type: what `is wrong` is told in the unit and range of the key (UserError
/// without a place, e.g. "40 bits is outside 2 .. 24 (resolution, sign included)"). Integers are decimal;
/// numbers finite.
[[nodiscard]] ConfigValue parse_value(const ConfigKey& key, const std::string& text);
/// The shortest text that reads back as the same value.
[[nodiscard]] std::string to_text(const ConfigValue& value);
/// "2 .. 24", or "pulse_width, voltage", or "true, false".
[[nodiscard]] std::string allowed_text(const ConfigKey& key);

}  // namespace mimosa
