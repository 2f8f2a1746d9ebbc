// SPDX-License-Identifier: Apache-2.0
#include "sim/config/experiment_keys.hpp"

namespace mimosa {
namespace {

void add_network(KeyTable& table, Experiment& e) {
  KeyCollector(table, "", "sim/config/network_reader.hpp")
      .section("network", "what is run: a name, a path, a list, or a block that extends one", [&](auto& m) {
        m.field("slots_used", e.slots_used, "inputs",
                "distinct inputs per pass of a dynamic network; 0: all slots", 0, 1024);
      });
}

void add_part(KeyTable& table, ChipSpec& chip) {
  KeyCollector(table, "").section("chip", "the chip: a name, a path, or a block that extends one",
                                  "hw/spec/chip_spec.hpp", [&](auto& m) { describe(m, chip); });
}

void add_part(KeyTable& table, DeviceSpec& device) {
  KeyCollector(table, "").section("device", "the memory cell: a name, a path, or a block that extends one",
                                  "models/device/device_spec.hpp", [&](auto& m) { describe(m, device); });
}

}  // namespace

KeyTable experiment_keys(Experiment& e) {
  KeyTable table;
  add_network(table, e);
  add_part(table, e.chip);
  add_part(table, e.device);
  KeyCollector root(table, "", "sim/config/experiment.hpp");
  describe(root, e);
  return table;
}

KeyTable part_keys(ChipSpec& chip) {
  KeyTable table;
  add_part(table, chip);
  return table;
}

KeyTable part_keys(DeviceSpec& device) {
  KeyTable table;
  add_part(table, device);
  return table;
}

const std::vector<TextKey>& text_keys() {
  static const std::vector<TextKey> keys = {
      {"extends", "the experiment this one changes: a name beside it or in configs/experiment, or a path"},
      {"name", "name of the experiment and of its results folder; default: the file's name"},
      {"description", "what the experiment is for, in one sentence"},
      {"overrides", "device keys for some layers: a list of {layers: GLOB, device.KEY: VALUE}"},
      {"noise_layers",
       "globs of the layers whose cells are the device's, default \"*\"; in the others every effect of it is "
       "off"},
      {"axes",
       "what `mimosa sweep` varies: a map of KEY to values or a range; zip, variants (docs/sweeps.md)"},
      {"sweep", "how `mimosa sweep` goes through the axes and what it keeps (docs/sweeps.md)"}};
  return keys;
}

const std::vector<TextKey>& part_text_keys() {
  static const std::vector<TextKey> keys = {
      {"extends", "what it starts from: a name or a path; without, from the defaults of every key"},
      {"name", "its name in reports; default: the file's name"},
      {"description", "what it is, in one sentence"}};
  return keys;
}

}  // namespace mimosa
