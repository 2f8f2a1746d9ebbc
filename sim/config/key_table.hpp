// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <concepts>
#include <cstddef>
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

/// What one key may hold: a switch, an integer, a number, a name of a choice or text, or a list of numbers.
using ConfigValue = std::variant<bool, std::int64_t, double, std::string, std::vector<double>>;
enum class KeyKind { Switch, Integer, Number, Choice, Text, List };

/// One key of a spec: where it stands, what it means, what it may be, and access to the member behind it.
struct ConfigKey {
  std::string path;            ///< dotted, from the root of the table: "adc.bits"
  std::string unit, sentence;  ///< unit "1": dimensionless
  KeyKind kind = KeyKind::Number;
  ConfigValue low, high;  ///< same alternative as the value, of lists as their numbers; else unused
  std::size_t most = 1;   ///< numbers in a list
  std::vector<std::string> choices = {};
  std::string where = {};              ///< the code that defines and applies it
  std::string law_key = {};            ///< the choice that decides whether it has an effect; empty: it has
  std::vector<std::string> laws = {};  ///< values of `law_key` with which it has
  std::function<ConfigValue()> get = {};
  std::function<void(const ConfigValue&)> set = {};
};

struct ConfigSection {
  std::string path, sentence, where;
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
  /// Whether the key has an effect with the laws now chosen.
  [[nodiscard]] bool is_used(const ConfigKey& key) const;
  /// "has no effect with device.ageing.law: none; allowed with: power, retention", for a key that is not.
  [[nodiscard]] std::string unused_text(const ConfigKey& key) const;
};

/// Visitor of the `describe` templates that collects the keys of a spec below `prefix` ("" or "chip.").
/// Integers of every width are held as int64: the limits keep them exact.
class KeyCollector {
 public:
  KeyCollector(KeyTable& table, std::string prefix, std::string where = "")
      : table_(table), prefix_(std::move(prefix)), where_(std::move(where)) {}

  template <class T, class L, class H>
  void field(const char* key, T& value, const char* unit, const char* sentence, L low, H high) {
    using Held = std::conditional_t<std::same_as<T, bool>, bool,
                                    std::conditional_t<std::integral<T>, std::int64_t, double>>;
    ConfigKey& entry = add(key, unit, sentence);
    entry.kind = std::same_as<T, bool> ? KeyKind::Switch
                                       : (std::same_as<Held, double> ? KeyKind::Number : KeyKind::Integer);
    entry.low = static_cast<Held>(low);
    entry.high = static_cast<Held>(high);
    entry.get = [&value]() -> ConfigValue { return static_cast<Held>(value); };
    entry.set = [&value](const ConfigValue& given) { value = static_cast<T>(std::get<Held>(given)); };
  }

  template <class E>
  void choice(const char* key, E& value, const char* sentence,
              std::initializer_list<std::pair<const char*, std::type_identity_t<E>>> options) {
    const std::vector<std::pair<std::string, E>> names(options.begin(), options.end());
    ConfigKey& entry = add(key, "1", sentence);
    entry.kind = KeyKind::Choice;
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
  }

  /// Up to `most` numbers.
  void list(const char* key, std::vector<double>& value, const char* unit, const char* sentence, double low,
            double high, std::size_t most);
  /// The path of a file, held absolute; a relative one is relative to the file that names it, or to the
  /// current folder on the command line.
  void text(const char* key, std::string& value, const char* sentence);

  /// `where`: the code that defines and applies the section's keys; without, that of the section around.
  template <class Body>
  void section(const char* key, const char* sentence, const char* where, Body body) {
    table_.sections.push_back({prefix_ + key, sentence, where});
    KeyCollector inner(table_, prefix_ + key + '.', where);
    inner.law_key_ = law_key_;
    inner.laws_ = laws_;
    body(inner);
  }
  template <class Body>
  void section(const char* key, const char* sentence, Body body) {
    section(key, sentence, std::string(where_).c_str(), body);
  }

  /// Keys of this section that other code than the section's defines and applies.
  template <class Body>
  void applied_in(const char* where, Body body) {
    KeyCollector inner(table_, prefix_, where);
    inner.law_key_ = law_key_;
    inner.laws_ = laws_;
    body(inner);
  }

  /// Keys that have an effect only where the section's `law` is one of `laws`.
  template <class Body>
  void used_by(std::initializer_list<const char*> laws, Body body) {
    used_with("law", laws, body);
  }
  /// Keys that have an effect only where the section's choice `key` is one of `values`.
  template <class Body>
  void used_with(const char* key, std::initializer_list<const char*> values, Body body) {
    KeyCollector inner(table_, prefix_, where_);
    inner.law_key_ = prefix_ + key;
    inner.laws_.assign(values.begin(), values.end());
    body(inner);
  }

 private:
  ConfigKey& add(const char* key, const char* unit, const char* sentence);

  KeyTable& table_;
  std::string prefix_, where_, law_key_;
  std::vector<std::string> laws_;
};

/// Text to value of the key's type, a list as "[1, 2]": what `is wrong` is told in the unit and range of the
/// key (UserError without a place, e.g. "40 bits is outside 2 .. 24 (resolution, sign included)"). Integers
/// are decimal; numbers finite.
[[nodiscard]] ConfigValue parse_value(const ConfigKey& key, const std::string& text);
/// The shortest text that reads back as the same value.
[[nodiscard]] std::string to_text(const ConfigValue& value);
/// "2 .. 24", or "pulse_width, voltage", or "true, false".
[[nodiscard]] std::string allowed_text(const ConfigKey& key);

}  // namespace mimosa
