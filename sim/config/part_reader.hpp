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
  /// `kind`: "chip" or "device"; `folder`: what paths are relative to.
  PartReader(std::string kind, std::string folder, std::vector<std::string> roots)
      : kind_(std::move(kind)), folder_(std::move(folder)), roots_(std::move(roots)) {}

  /// `entry` is `chip: NAME` or `chip: {extends: NAME, key: value, …}`. A block of a file that extends
  /// nothing starts from the defaults; one of a setting changes what is there.
  void read(const YamlSource& source, const YamlEntry& entry, Spec& spec, Origins& origins) const;
  /// Resets `spec` to the file of that path.
  void load(const std::string& path, Spec& spec, Origins& origins) const { load(path, spec, origins, {}); }

 private:
  void load(const std::string& path, Spec& spec, Origins& origins, std::vector<std::string> extending) const;
  /// Resets `spec` to the named part; a name is looked up in `folder` before the roots.
  void load_named(const YamlSource& source, const YAML::Node& name, const std::string& folder, Spec& spec,
                  Origins& origins, std::vector<std::string> extending) const;
  void read_keys(const YamlSource& source, const YAML::Node& map, Spec& spec, Origins& origins) const;
  void reset(Spec& spec, Origins& origins, const std::string& name) const;

  std::string kind_, folder_;
  std::vector<std::string> roots_;
};

extern template class PartReader<ChipSpec>;
extern template class PartReader<DeviceSpec>;

}  // namespace mimosa
