// SPDX-License-Identifier: Apache-2.0
#include "sim/config/part_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_keys.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

/// Keys of a part that describe no hardware.
bool is_heading(const std::string& key) {
  const std::vector<TextKey>& keys = part_text_keys();
  return std::any_of(keys.begin(), keys.end(), [&](const TextKey& heading) { return heading.path == key; });
}

const YamlEntry* find_entry(const std::vector<YamlEntry>& entries, const std::string& key) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const YamlEntry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

template <class Spec>
void PartReader<Spec>::read(const YamlSource& source, const YamlEntry& entry, bool anew, Spec& spec,
                            Origins& origins) const {
  if (entry.value.IsScalar()) {
    load_named(source, entry.value, "", spec, origins, {});
    return;
  }
  if (!entry.value.IsMap()) source.fail(entry.value, kind_, "expected a name or a block of keys");
  const std::vector<YamlEntry> entries = source.entries(entry.value, kind_);
  if (const YamlEntry* extends = find_entry(entries, "extends"))
    source.attempt([&] { load_named(source, extends->value, "", spec, origins, {}); });
  else if (anew)
    reset(spec, origins, "custom");
  read_keys(source, entry.value, spec, origins);
}

template <class Spec>
void PartReader<Spec>::load(const std::string& path, Spec& spec, Origins& origins,
                            std::vector<std::string> extending) const {
  const YamlSource source(read_file(path), path, findings_);
  const std::vector<YamlEntry> entries = source.entries(source.root(), "");
  const std::string self = fs::weakly_canonical(path).string();
  extending.push_back(self);
  if (const YamlEntry* extends = find_entry(entries, "extends"))
    source.attempt([&] {
      load_named(source, extends->value, (fs::path(path).parent_path() / ".").string(), spec, origins,
                 extending);
    });
  else
    reset(spec, origins, "");
  spec.name = fs::path(path).stem().string();
  read_keys(source, source.root(), spec, origins);
}

template <class Spec>
void PartReader<Spec>::load_named(const YamlSource& source, const YAML::Node& node, const std::string& folder,
                                  Spec& spec, Origins& origins, std::vector<std::string> extending) const {
  const std::string name = source.text(node, kind_);
  std::string path;
  try {
    path = folder.empty() ? find_config_or_path(kind_, name, folder_, roots_)
                          : find_base(kind_, name, folder, roots_);
  } catch (const UserError& e) {
    source.fail(node, kind_, e.what());
  }
  const std::string canonical = fs::weakly_canonical(path).string();
  if (std::find(extending.begin(), extending.end(), canonical) != extending.end())
    source.fail(node, "extends", fmt::format("{} extends itself through {}", name, source.file()));
  load(path, spec, origins, std::move(extending));
}

template <class Spec>
void PartReader<Spec>::read_keys(const YamlSource& source, const YAML::Node& map, Spec& spec,
                                 Origins& origins) const {
  const KeyTable table = part_keys(spec);
  for (const YamlEntry& entry : source.entries(map, kind_))
    source.attempt([&] { read_key(source, entry, table, spec, origins); });
}

template <class Spec>
void PartReader<Spec>::read_key(const YamlSource& source, const YamlEntry& entry, const KeyTable& table,
                                Spec& spec, Origins& origins) const {
  const std::string path = kind_ + '.' + entry.key;
  if (is_heading(entry.key)) {
    const std::string text = source.text(entry.value, path);
    if (entry.key == "name") spec.name = text;
  } else if (table.key(path) != nullptr || table.section(path) != nullptr) {
    source.read(entry, path, table, origins);
  } else {
    std::vector<std::string> known = table.children(kind_);
    for (const TextKey& heading : part_text_keys()) known.push_back(heading.path);
    source.fail_unknown(entry, path, known);
  }
}

template <class Spec>
void PartReader<Spec>::reset(Spec& spec, Origins& origins, const std::string& name) const {
  spec = Spec{};
  spec.name = name;
  std::erase_if(origins, [&](const auto& origin) { return origin.first.rfind(kind_ + '.', 0) == 0; });
}

template class PartReader<ChipSpec>;
template class PartReader<DeviceSpec>;

}  // namespace mimosa
