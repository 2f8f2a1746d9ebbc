// SPDX-License-Identifier: Apache-2.0
#include "sim/config/experiment.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/names.hpp"

namespace mimosa {

DeviceSpec device_for_layer(const Experiment& experiment, const std::string& layer) {
  DeviceSpec device = experiment.device;
  const KeyTable table = part_keys(device);
  std::vector<const ConfigKey*> changed;
  for (const LayerOverride& change : experiment.overrides) {
    if (!matches_glob(change.layers, layer)) continue;
    const ConfigKey* key = table.key(change.key);
    if (key == nullptr) throw UserError("overrides: " + change.key + ": no such key");
    key->set(parse_value(*key, change.value));
    changed.push_back(key);
  }
  for (const ConfigKey* key : changed)
    if (!table.is_used(*key))
      throw UserError(fmt::format("overrides: {}: layer {}: {}", key->path, layer, table.unused_text(*key)));
  check(device);
  return device;
}

void check_overrides(const Experiment& experiment, const std::vector<std::string>& layers) {
  for (const LayerOverride& change : experiment.overrides) {
    const auto matches = [&](const std::string& layer) { return matches_glob(change.layers, layer); };
    if (std::none_of(layers.begin(), layers.end(), matches))
      throw UserError(fmt::format("overrides: layers \"{}\" matches no layer; there are: {}", change.layers,
                                  fmt::join(nearest_first(change.layers, layers), ", ")));
  }
}

std::string network_file(const Experiment& experiment, const std::string& network) {
  return find_config_or_path("network", network, "", experiment.config_roots);
}

}  // namespace mimosa
