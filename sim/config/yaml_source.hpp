// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>
#include <yaml-cpp/yaml.h>

#include "sim/config/key_table.hpp"

namespace mimosa {

/// Where each key was set: dotted path to "file:line" or "--set".
using Origins = std::map<std::string, std::string>;

struct YamlEntry {
  std::string key;
  YAML::Node key_node, value;
};

/// A YAML text and the name it has in messages. All errors are UserErrors `file:line:column: key: what;
/// allowed`.
class YamlSource {
 public:
  /// Parses one document.
  YamlSource(const std::string& text, std::string file);
  /// One setting of the command line: `value` (YAML) under the dotted `key`; messages name `file` alone.
  YamlSource(const std::string& key, const std::string& value, std::string file);

  [[nodiscard]] const YAML::Node& root() const { return root_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] bool is_setting() const { return setting_; }
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

  YAML::Node root_;
  std::string file_;
  bool setting_ = false;
};

/// UserError `origin: key: …` where a key was set that has no effect with the laws chosen.
void check_used(const KeyTable& table, const Origins& origins);

}  // namespace mimosa
