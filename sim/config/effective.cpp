// SPDX-License-Identifier: Apache-2.0
#include "sim/config/effective.hpp"

#include <cctype>
#include <filesystem>
#include <fmt/format.h>

#include "models/data/hash.hpp"
#include "sim/config/experiment_keys.hpp"

namespace mimosa {
namespace {

/// Plain where that is unambiguous, else in double quotes with YAML's escapes.
std::string yaml_text(const std::string& text) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/';
  };
  bool quote = text.empty() || std::isalpha(static_cast<unsigned char>(text[0])) == 0 || text == "null" ||
               text == "Null" || text == "NULL";
  for (const char c : text) quote = quote || !plain(static_cast<unsigned char>(c));
  if (!quote) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += std::string("\\") + c;
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\x{:02x}", static_cast<int>(c));
    else
      out += c;
  }
  return out + '"';
}

/// Writes dotted keys as nested maps; keys of one section must follow one another.
class YamlWriter {
 public:
  void add(const std::string& path, const std::string& value) {
    std::size_t from = 0, depth = 0;
    for (std::size_t dot = path.find('.'); dot != std::string::npos;
         from = dot + 1, dot = path.find('.', from)) {
      const std::string section = path.substr(0, dot);
      if (open_.rfind(section + '.', 0) != 0) text_ += indent(depth) + path.substr(from, dot - from) + ":\n";
      ++depth;
    }
    text_ += indent(depth) + path.substr(from) + ": " + value + '\n';
    open_ = path;
  }
  void add_line(const std::string& line) { text_ += line + '\n'; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  static std::string indent(std::size_t depth) { return std::string(2 * depth, ' '); }
  std::string text_, open_;
};

/// In a hash a file counts by what it holds, where it can be read.
std::string yaml_value(const ConfigKey& key, const std::string& text, bool hashed) {
  if (key.kind != KeyKind::Text) return text;
  const bool readable = hashed && std::filesystem::is_regular_file(text);
  return readable ? "sha256:" + sha256_hex_of_file(text) : yaml_text(text);
}

/// One text as itself, several as a list.
std::string text_or_list(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return yaml_text(texts[0]);
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "[" : ", ") + yaml_text(text);
  return list + ']';
}

void add_overrides(YamlWriter& out, const std::vector<LayerOverride>& overrides, const KeyTable& table,
                   bool hashed) {
  if (overrides.empty()) {
    out.add_line("overrides: []");
    return;
  }
  out.add_line("overrides:");
  for (const LayerOverride& change : overrides)
    out.add_line(fmt::format("  - {{layers: {}, {}: {}}}", yaml_text(change.layers), change.key,
                             yaml_value(*table.key(change.key), change.value, hashed)));
}

/// Key by key, but for `overrides` and `noise_layers`.
template <class Add>
void for_each_key(const Experiment& experiment, const KeyTable& table, bool hashed, const Add& add) {
  if (!hashed) add("name", yaml_text(experiment.name));
  add("network.extends", text_or_list(experiment.networks));
  std::string part = "network";
  for (const ConfigKey& key : table.keys) {
    if (hashed && !is_hashed(key.path)) continue;
    if (!table.is_used(key)) continue;
    const std::string top = key.path.substr(0, key.path.find('.'));
    if (top != part && top == "chip") add("chip.name", yaml_text(experiment.chip.name));
    if (top != part && top == "device") add("device.name", yaml_text(experiment.device.name));
    part = top;
    add(key.path, yaml_value(key, to_text(key.get()), hashed));
  }
}

std::string write(Experiment experiment, bool hashed) {
  YamlWriter out;
  const KeyTable table = experiment_keys(experiment);
  for_each_key(experiment, table, hashed,
               [&](const std::string& path, const std::string& value) { out.add(path, value); });
  add_overrides(out, experiment.overrides, table, hashed);
  out.add_line("noise_layers: " + text_or_list(experiment.noise_layers));
  return out.text();
}

}  // namespace

bool is_hashed(const std::string& key) {
  return key != "name" && key != "threads" && key != "batch";
}

std::vector<std::pair<std::string, std::string>> hashed_values(Experiment experiment) {
  std::vector<std::pair<std::string, std::string>> values;
  const KeyTable table = experiment_keys(experiment);
  for_each_key(experiment, table, true,
               [&](const std::string& path, const std::string& value) { values.emplace_back(path, value); });
  YamlWriter overrides;
  add_overrides(overrides, experiment.overrides, table, true);
  values.emplace_back("overrides", overrides.text());
  values.emplace_back("noise_layers", text_or_list(experiment.noise_layers));
  return values;
}

std::string effective_yaml(const Experiment& experiment) {
  return write(experiment, false);
}

std::string config_sha256(const Experiment& experiment) {
  return sha256_hex(write(experiment, true));
}

}  // namespace mimosa
