// SPDX-License-Identifier: Apache-2.0
#include "sim/config/experiment_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/evidence.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/part_reader.hpp"
#include "sim/config/rules.hpp"
#include "sim/config/sweep_reader.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

/// Applies sources (the file after what it extends, then each setting) to one ExperimentFile. With
/// `findings`, it goes on after a mistake.
class ExperimentReader {
 public:
  ExperimentReader(ExperimentFile& out, const std::string& path, Findings* findings)
      : out_(out),
        path_(path),
        folder_(fs::path(path).parent_path().string()),
        roots_(config_roots(path)),
        findings_(findings) {}

  /// `extending`: the files that extend this one.
  void read(std::vector<std::string> extending = {}) {
    const YamlSource source(read_file(path_), path_, findings_);
    const std::vector<YamlEntry> entries = source.entries(source.root(), "");
    refuse_network(entries);
    extending.push_back(fs::weakly_canonical(path_).string());
    for (const YamlEntry& entry : entries)
      if (entry.key == "extends") source.attempt([&] { read_base(source, entry.value, extending); });
    out_.experiment.config_roots = roots_;
    out_.experiment.name = fs::path(path_).stem().string();
    out_.description.clear();
    for (const YamlEntry& entry : entries) source.attempt([&] { apply(source, entry); });
    if (!extends_) apply_default_parts(source);
  }
  void apply(const YamlSource& source) {
    for (const YamlEntry& entry : source.entries(source.root(), "")) apply(source, entry);
  }

 private:
  void refuse_network(const std::vector<YamlEntry>& entries) const {
    if (std::any_of(entries.begin(), entries.end(), [](const YamlEntry& e) { return e.key == "nodes"; }))
      throw UserError(
          path_ + ": is a network, not an experiment; an experiment names it by `network: " + path_ + "`");
  }
  void apply(const YamlSource& source, const YamlEntry& entry) {
    if (entry.key == "extends")
      check_extends(source, entry);
    else if (entry.key == "name")
      read_name(source, entry.value);
    else if (entry.key == "description")
      out_.description = source.text(entry.value, entry.key);
    else if (entry.key == "network")
      read_network(source, entry.value);
    else if (entry.key == "chip")
      PartReader<ChipSpec>("chip", folder_of(source), roots_, findings_)
          .read(source, entry, is_anew(source), out_.experiment.chip, out_.origins);
    else if (entry.key == "device")
      PartReader<DeviceSpec>("device", folder_of(source), roots_, findings_)
          .read(source, entry, is_anew(source), out_.experiment.device, out_.origins);
    else if (entry.key == "overrides")
      read_overrides(source, entry.value);
    else if (entry.key == "noise_layers")
      read_noise_layers(source, entry.value);
    else if (entry.key == "axes")
      out_.axes = read_axes(source, entry.value);
    else if (entry.key == "sweep")
      read_sweep(source, entry, out_.sweep, out_.origins);
    else
      read_key(source, entry);
  }

  /// Paths on the command line are relative to the current folder.
  std::string folder_of(const YamlSource& source) const { return source.is_setting() ? "" : folder_; }

  /// A block of a part in a file that extends nothing replaces the part; elsewhere it changes what is there.
  bool is_anew(const YamlSource& source) const { return !source.is_setting() && !extends_; }

  static void check_extends(const YamlSource& source, const YamlEntry& entry) {
    if (source.is_setting())
      source.fail(entry.value, "extends",
                  "is no setting; allowed: in a file, with the experiment it changes");
  }

  /// The experiment this one starts from: its chip, device, networks and all keys but name and description.
  void read_base(const YamlSource& source, const YAML::Node& node,
                 const std::vector<std::string>& extending) {
    extends_ = true;
    const std::string name = source.text(node, "extends");
    std::string path;
    try {
      path = find_base("experiment", name, folder_, roots_);
    } catch (const UserError& e) {
      source.fail(node, "extends", e.what());
    }
    const std::string canonical = fs::weakly_canonical(path).string();
    if (std::find(extending.begin(), extending.end(), canonical) != extending.end())
      source.fail(node, "extends", fmt::format("{} extends itself through {}", name, source.file()));
    ExperimentReader base(out_, path, findings_);
    base.read(extending);
    if (base.roots_ != roots_) keep_networks(base);
  }

  /// A name means what it means beside the base, so it becomes a path where here it is another network.
  void keep_networks(const ExperimentReader& base) {
    for (std::string& name : out_.experiment.networks)
      if (!is_config_path(name) && network_here(name) != find_config("network", name, base.roots_))
        name = find_config("network", name, base.roots_);
  }
  [[nodiscard]] std::string network_here(const std::string& name) const {
    try {
      return find_config("network", name, roots_);
    } catch (const UserError&) {
      return "";
    }
  }

  /// The chip `hermes` and the device `ideal` where the experiment names none.
  void apply_default_parts(const YamlSource& source) {
    if (!source.root()["chip"]) apply(YamlSource("chip", "hermes", "default chip"));
    if (!source.root()["device"]) apply(YamlSource("device", "ideal", "default device"));
  }

  void read_name(const YamlSource& source, const YAML::Node& node) {
    const std::string name = source.text(node, "name");
    if (name.empty() || name[0] == '.' || name.find('/') != std::string::npos)
      source.fail(node, "name", fmt::format("\"{}\" cannot name a folder", name));
    out_.experiment.name = name;
  }

  void read_key(const YamlSource& source, const YamlEntry& entry) {
    const KeyTable table = experiment_keys(out_.experiment);
    if (table.key(entry.key) != nullptr || table.section(entry.key) != nullptr) {
      source.read(entry, entry.key, table, out_.origins);
      return;
    }
    std::vector<std::string> known = table.children("");
    for (const TextKey& key : text_keys()) known.push_back(key.path);
    source.fail_unknown(entry, entry.key, known);
  }

  void read_network(const YamlSource& source, const YAML::Node& node) {
    if (!node.IsMap()) {
      read_network_names(source, node);
      return;
    }
    const std::vector<YamlEntry> entries = source.entries(node, "network");
    const auto extends =
        std::find_if(entries.begin(), entries.end(), [](const YamlEntry& e) { return e.key == "extends"; });
    if (extends != entries.end()) source.attempt([&] { read_network_names(source, extends->value); });
    const KeyTable table = experiment_keys(out_.experiment);
    for (const YamlEntry& entry : entries) {
      source.attempt([&] {
        if (entry.key == "extends") return;
        if (entry.key != "slots_used")
          source.fail_unknown(entry, "network." + entry.key, {"extends", "slots_used"});
        source.read(entry, "network.slots_used", table, out_.origins);
      });
    }
  }

  /// A name, a path, or a list of them. Resets the block.
  void read_network_names(const YamlSource& source, const YAML::Node& node) {
    std::vector<YAML::Node> nodes = {node};
    if (node.IsSequence()) {
      nodes.clear();
      for (const auto& item : node) nodes.push_back(item);
    }
    std::vector<std::string> names;
    for (const YAML::Node& one : nodes) {
      std::string name = source.text(one, "network");
      try {
        const std::string path = find_config_or_path("network", name, folder_of(source), roots_);
        if (is_config_path(name)) name = path;
      } catch (const UserError& e) {
        source.fail(one, "network", e.what());
      }
      if (std::find(names.begin(), names.end(), name) != names.end())
        source.fail(one, "network", name + " stands twice; allowed: once");
      names.push_back(name);
    }
    if (names.empty()) source.fail(node, "network", "an empty list; name at least one network");
    out_.experiment.networks = names;
    out_.experiment.slots_used = 0;
    out_.origins["network"] = source.origin(node);
    out_.origins.erase("network.slots_used");
  }

  void read_overrides(const YamlSource& source, const YAML::Node& node) {
    if (!node.IsSequence())
      source.fail(node, "overrides", "expected a list of {layers: GLOB, device.KEY: VALUE}");
    out_.experiment.overrides.clear();
    for (const auto& item : node) source.attempt([&] { read_override(source, item); });
    out_.origins["overrides"] = source.origin(node);
  }

  void read_override(const YamlSource& source, const YAML::Node& item) {
    DeviceSpec scratch;
    const KeyTable table = part_keys(scratch);
    std::string layers;
    std::vector<LayerOverride> changes;
    std::vector<std::string> known = {"layers"};
    for (const ConfigKey& key : table.keys) known.push_back(key.path);
    const std::vector<YamlEntry> entries = source.entries(item, "overrides");
    for (const YamlEntry& entry : entries) {
      source.attempt([&] {
        const std::string path = "overrides." + entry.key;
        if (entry.key == "layers")
          layers = source.text(entry.value, path);
        else if (const ConfigKey* key = table.key(entry.key))
          changes.push_back({"", entry.key, to_text(source.value(entry.value, path, *key))});
        else
          source.fail_unknown(entry, path, known);
      });
    }
    if (entries.size() > 1 && findings_ != nullptr && (layers.empty() || changes.empty())) return;
    if (layers.empty() || changes.empty())
      source.fail(item, "overrides", "needs `layers: GLOB` and at least one `device.KEY: VALUE`");
    for (LayerOverride& change : changes) {
      change.layers = layers;
      out_.experiment.overrides.push_back(change);
    }
  }

  void read_noise_layers(const YamlSource& source, const YAML::Node& node) {
    std::vector<std::string> globs;
    if (node.IsSequence())
      for (const auto& item : node) globs.push_back(source.text(item, "noise_layers"));
    else
      globs = {source.text(node, "noise_layers")};
    if (globs.empty() || std::count(globs.begin(), globs.end(), "") > 0)
      source.fail(node, "noise_layers", "names no layer; allowed: globs, e.g. [\"*.q\", \"*.k\"]");
    out_.experiment.noise_layers = globs;
    out_.origins["noise_layers"] = source.origin(node);
  }

  ExperimentFile& out_;
  std::string path_, folder_;
  std::vector<std::string> roots_;
  Findings* findings_;
  bool extends_ = false;
};

}  // namespace

Setting parse_setting(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw UserError(fmt::format("--set: \"{}\" is not KEY=VALUE; e.g. --set chip.adc.bits=6", text));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

ExperimentFile load_experiment(const std::string& path, const std::vector<Setting>& settings,
                               Findings* findings) {
  const bool by_name = !is_config_path(path) && !fs::exists(path);
  const std::string file = by_name ? find_config("experiment", path, config_roots("")) : path;
  ExperimentFile out;
  ExperimentReader reader(out, file, findings);
  reader.read();
  for (const Setting& setting : settings)
    reader.apply(YamlSource(setting.key, setting.value, setting.source));
  check_experiment(out.experiment, out.origins, file, findings);
  check_used(sweep_keys(out.sweep), out.origins, findings);
  out.experiment.estimates = estimated_keys(out.origins);
  const auto slots_used = out.origins.find("network.slots_used");
  if (slots_used != out.origins.end()) out.experiment.slots_used_origin = slots_used->second;
  return out;
}

void try_setting(const std::string& path, ExperimentFile file, const Setting& setting) {
  ExperimentReader(file, path, nullptr).apply(YamlSource(setting.key, setting.value, setting.source));
}

}  // namespace mimosa
