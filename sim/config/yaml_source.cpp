// SPDX-License-Identifier: Apache-2.0
#include "sim/config/yaml_source.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <set>

#include "models/base/error.hpp"
#include "sim/config/names.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

std::vector<std::string> parts_of(const std::string& key) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t dot = key.find('.'); dot != std::string::npos; from = dot + 1, dot = key.find('.', from))
    parts.push_back(key.substr(from, dot - from));
  parts.push_back(key.substr(from));
  return parts;
}

std::string parent_of(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? "" : path.substr(0, dot);
}

/// A new law at `path` leaves the keys of the old one behind, wherever they were set.
void forget_unused(const std::string& path, const KeyTable& table, Origins& origins) {
  for (const ConfigKey& key : table.keys)
    if (key.law_key == path && !table.is_used(key)) origins.erase(key.path);
}

/// Whether a mistake elsewhere decides if the key has an effect: in the choice of its law, or in what the
/// part extends.
bool is_in_doubt(const KeyTable& table, const ConfigKey& key, const Findings& findings) {
  const std::string part = key.path.substr(0, key.path.find('.'));
  for (const ConfigError& finding : findings)
    if (finding.key() == key.law_key || finding.key() == part || finding.key() == "extends") return true;
  const ConfigKey* law = table.key(key.law_key);
  return law != nullptr && is_in_doubt(table, *law, findings);
}

bool is_known(const KeyTable& table, const std::string& path) {
  return table.key(path) != nullptr || table.section(path) != nullptr;
}

/// "chip: {adc: {bits: …}}" of "chip.adc.bits".
std::string nested(const std::string& key) {
  std::string text;
  const std::vector<std::string> parts = parts_of(key);
  for (const std::string& part : parts) text += (text.empty() ? "" : "{") + part + ": ";
  return text + "…" + std::string(parts.size() - 1, '}');
}

/// yaml-cpp tags a scalar in quotes with "!".
bool quoted(const YAML::Node& node) {
  return node.Tag() == "!";
}

}  // namespace

YamlSource::YamlSource(const std::string& text, std::string file, Findings* findings)
    : file_(std::move(file)), findings_(findings) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) throw UserError(file_ + ": holds several YAML documents; allowed: one");
    root_ = documents.empty() ? YAML::Node(YAML::NodeType::Map) : documents.front();
  } catch (const YAML::Exception& e) {
    throw ConfigError(place(e.mark), "", "not YAML: " + e.msg);
  }
  if (root_.IsNull()) root_ = YAML::Node(YAML::NodeType::Map);
}

YamlSource::YamlSource(const std::string& key, const std::string& value, std::string file)
    : file_(std::move(file)), setting_(true) {
  YAML::Node node;
  try {
    const std::vector<YAML::Node> values = YAML::LoadAll(value);
    if (values.size() > 1)
      throw UserError(fmt::format("{}: {}: \"{}\" is more than one value; allowed: one", file_, key, value));
    if (!values.empty()) node = values.front();
  } catch (const YAML::Exception& e) {
    throw UserError(fmt::format("{}: {}: \"{}\" is not YAML: {}", file_, key, value, e.msg));
  }
  const std::vector<std::string> parts = parts_of(key);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    YAML::Node map(YAML::NodeType::Map);
    map[*part] = node;
    node = map;
  }
  root_ = node;
}

std::string YamlSource::origin(const YAML::Node& node) const {
  return setting_ ? file_ : fmt::format("{}:{}", file_, node.Mark().line + 1);
}

std::vector<YamlEntry> YamlSource::entries(const YAML::Node& map, const std::string& path) const {
  if (!map.IsMap()) fail(map, path, "expected a map of keys");
  std::vector<YamlEntry> entries;
  std::set<std::string> seen;
  for (const auto& entry : map) {
    if (!entry.first.IsScalar()) fail(entry.first, path, "a key must be a word");
    const std::string key = entry.first.Scalar();
    const std::string full = path.empty() ? key : path + '.' + key;
    attempt([&] {
      if (!seen.insert(key).second) fail(entry.first, full, "stands twice; allowed: once");
      if (entry.second.IsNull()) fail(entry.first, full, "has no value");
      entries.push_back({key, entry.first, entry.second});
    });
  }
  return entries;
}

std::string YamlSource::text(const YAML::Node& node, const std::string& path) const {
  if (!node.IsScalar()) fail(node, path, "expected one value");
  return node.Scalar();
}

std::string YamlSource::list_text(const YAML::Node& node, const std::string& path) const {
  std::string list;
  for (const auto& item : node) list += (list.empty() ? "" : ", ") + text(item, path);
  return '[' + list + ']';
}

std::string YamlSource::resolved(const std::string& path) const {
  if (path.empty()) return path;
  const fs::path folder = setting_ ? fs::path() : fs::path(file_).parent_path();
  return fs::absolute(folder / path).lexically_normal().string();
}

ConfigValue YamlSource::value(const YAML::Node& node, const std::string& path, const ConfigKey& key) const {
  const bool is_list = key.kind == KeyKind::List && node.IsSequence();
  const std::string given = is_list ? list_text(node, path) : text(node, path);
  if (key.kind == KeyKind::Text) return resolved(given);
  try {
    // A number in quotes is text to YAML; only choices and paths are text.
    return parse_value(key, quoted(node) && key.kind != KeyKind::Choice ? '\'' + given + '\'' : given);
  } catch (const UserError& e) {
    fail(node, path, e.what());
  }
}

void YamlSource::read(const YamlEntry& entry, const std::string& path, const KeyTable& table,
                      Origins& origins) const {
  if (entry.key.find('.') != std::string::npos && is_known(table, path))
    fail(entry.key_node, path, "is a key of a section; write it as " + nested(entry.key));
  if (const ConfigKey* key = table.key(path)) {
    const std::string before = to_text(key->get());
    key->set(value(entry.value, path, *key));
    origins[path] = origin(entry.value);
    if (to_text(key->get()) != before) forget_unused(path, table, origins);
  } else if (table.section(path) != nullptr) {
    if (!entry.value.IsMap())
      fail(entry.value, path,
           fmt::format("expected a map of keys; allowed: {}", fmt::join(table.children(path), ", ")));
    // The law first: it makes earlier sources' keys of other laws forgotten, not those beside it.
    for (const bool laws : {true, false})
      for (const YamlEntry& inner : entries(entry.value, path))
        if ((inner.key == "law") == laws)
          attempt([&] { read(inner, path + '.' + inner.key, table, origins); });
  } else {
    fail_unknown(entry, path, table.children(parent_of(path)));
  }
}

void check_used(const KeyTable& table, const Origins& origins, Findings* findings) {
  for (const ConfigKey& key : table.keys) {
    const auto origin = origins.find(key.path);
    if (origin == origins.end() || table.is_used(key)) continue;
    if (findings != nullptr && is_in_doubt(table, key, *findings)) continue;
    attempt(findings, "",
            [&] { throw ConfigError(place_of(origin->second, key.path), key.path, table.unused_text(key)); });
  }
}

Place YamlSource::place(const YAML::Mark& mark) const {
  return setting_ ? Place{file_} : Place{file_, mark.line + 1, mark.column + 1};
}

void YamlSource::fail(const YAML::Node& node, const std::string& path, const std::string& what) const {
  throw ConfigError(place(node.Mark()), path, what);
}

void YamlSource::fail_unknown(const YamlEntry& entry, const std::string& path,
                              const std::vector<std::string>& known) const {
  fail(entry.key_node, path, "no such key" + allowed_names(entry.key, known));
}

}  // namespace mimosa
