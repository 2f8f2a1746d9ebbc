// SPDX-License-Identifier: Apache-2.0
#include "sim/config/experiment.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/device/exact.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/config/names.hpp"

namespace mimosa {

namespace {

void check_glob(const char* key, const std::string& glob, const std::vector<std::string>& layers) {
  for (const std::string& layer : layers)
    if (matches_glob(glob, layer)) return;
  throw UserError(fmt::format("{} \"{}\" matches no layer; there are: {}", key, glob,
                              fmt::join(nearest_first(glob, layers), ", ")));
}

}  // namespace

bool has_noise(const Experiment& experiment, const std::string& layer) {
  const auto& globs = experiment.noise_layers;
  return std::any_of(globs.begin(), globs.end(),
                     [&](const std::string& glob) { return matches_glob(glob, layer); });
}

DeviceSpec device_for_layer(const Experiment& experiment, const std::string& layer) {
  const DeviceSpec device = configured_device(experiment, layer);
  return has_noise(experiment, layer) ? device : without_effects(device);
}

DeviceSpec configured_device(const Experiment& experiment, const std::string& layer) {
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

void check_layer_globs(const Experiment& experiment, const std::vector<std::string>& layers) {
  for (const LayerOverride& change : experiment.overrides)
    check_glob("overrides: layers", change.layers, layers);
  for (const std::string& glob : experiment.noise_layers) check_glob("noise_layers:", glob, layers);
}

std::string network_file(const Experiment& experiment, const std::string& network) {
  return find_config_or_path("network", network, "", experiment.config_roots);
}

}  // namespace mimosa
