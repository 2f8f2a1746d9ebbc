// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>
#include <yaml-cpp/yaml.h>

#include "sim/config/config_error.hpp"
#include "sim/config/key_table.hpp"

namespace mimosa {

/// Where each key was set: dotted path to "file:line" or "--set".
using Origins = std::map<std::string, std::string>;

struct YamlEntry {
  std::string key;
  YAML::Node key_node, value;
};

/// A YAML text and the name it has in messages. All errors are ConfigErrors `file:line:column: key: what;
/// allowed`.
class YamlSource {
 public:
  /// Parses one document. With `findings`, reading it goes on after a mistake.
  YamlSource(const std::string& text, std::string file, Findings* findings = nullptr);
  /// One setting of the command line: `value` (YAML) under the dotted `key`; messages name `file` alone.
  YamlSource(const std::string& key, const std::string& value, std::string file);

  [[nodiscard]] const YAML::Node& root() const { return root_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] bool is_setting() const { return setting_; }
  /// Does a part of the reading; a mistake in it is noted, where the source has findings, and else ends the
  /// reading.
  template <class Body>
  void attempt(Body body) const {
    mimosa::attempt(findings_, file_, body);
  }
  /// "file:line", or the option's name.
  [[nodiscard]] std::string origin(const YAML::Node& node) const;

  /// The entries of a map, in order; duplicate keys are refused.
  [[nodiscard]] std::vector<YamlEntry> entries(const YAML::Node& map, const std::string& path) const;
  /// The text of a scalar.
  [[nodiscard]] std::string text(const YAML::Node& node, const std::string& path) const;
  /// Reads `entry`, a key or section at `path` of the table, into the members behind it.
  void read(const YamlEntry& entry, const std::string& path, const KeyTable& table, Origins& origins) const;

  [[noreturn]] void fail(const YAML::Node& node, const std::string& path, const std::string& what) const;
  /// `path` is unknown; `known` are the keys beside it.
  [[noreturn]] void fail_unknown(const YamlEntry& entry, const std::string& path,
                                 const std::vector<std::string>& known) const;
  /// "[1, 2]" of a sequence of scalars.
  [[nodiscard]] std::string list_text(const YAML::Node& node, const std::string& path) const;
  /// The value of a key from a scalar or, for a list, a sequence.
  [[nodiscard]] ConfigValue value(const YAML::Node& node, const std::string& path,
                                  const ConfigKey& key) const;

 private:
  [[nodiscard]] std::string resolved(const std::string& path) const;
  [[nodiscard]] Place place(const YAML::Mark& mark) const;

  YAML::Node root_;
  std::string file_;
  bool setting_ = false;
  Findings* findings_ = nullptr;
};

/// UserError `origin: key: …` where a key was set that has no effect with the laws chosen. With `findings`
/// all of them are noted, but for those whose law is not known because of an earlier one.
void check_used(const KeyTable& table, const Origins& origins, Findings* findings = nullptr);

}  // namespace mimosa
