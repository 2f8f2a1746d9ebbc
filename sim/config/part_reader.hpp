// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "hw/spec/chip_spec.hpp"
#include "models/device/device_spec.hpp"
#include "sim/config/yaml_source.hpp"

namespace mimosa {

/// Reads the `chip` or `device` of an experiment: names, paths, files that extend others, and blocks.
template <class Spec>
class PartReader {
 public:
  /// `kind`: "chip" or "device"; `folder`: what paths are relative to; with `findings`, reading goes on after
  /// a mistake.
  PartReader(std::string kind, std::string folder, std::vector<std::string> roots,
             Findings* findings = nullptr)
      : kind_(std::move(kind)), folder_(std::move(folder)), roots_(std::move(roots)), findings_(findings) {}

  /// `entry` is `chip: NAME` or `chip: {extends: NAME, key: value, …}`. A block that names nothing changes
  /// what is there, or with `anew` starts from the defaults.
  void read(const YamlSource& source, const YamlEntry& entry, bool anew, Spec& spec, Origins& origins) const;
  /// Resets `spec` to the file of that path.
  void load(const std::string& path, Spec& spec, Origins& origins) const { load(path, spec, origins, {}); }

 private:
  void load(const std::string& path, Spec& spec, Origins& origins, std::vector<std::string> extending) const;
  /// Resets `spec` to the named part; a name is looked up in `folder` before the roots.
  void load_named(const YamlSource& source, const YAML::Node& name, const std::string& folder, Spec& spec,
                  Origins& origins, std::vector<std::string> extending) const;
  void read_keys(const YamlSource& source, const YAML::Node& map, Spec& spec, Origins& origins) const;
  void read_key(const YamlSource& source, const YamlEntry& entry, const KeyTable& table, Spec& spec,
                Origins& origins) const;
  void reset(Spec& spec, Origins& origins, const std::string& name) const;

  std::string kind_, folder_;
  std::vector<std::string> roots_;
  Findings* findings_;
};

extern template class PartReader<ChipSpec>;
extern template class PartReader<DeviceSpec>;

}  // namespace mimosa
