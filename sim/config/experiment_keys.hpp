// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/config/experiment.hpp"
#include "sim/config/key_table.hpp"

namespace mimosa {

/// Every key of an experiment that holds a value, `network.`, `chip.` and `device.` included. Refers to `e`.
[[nodiscard]] KeyTable experiment_keys(Experiment& e);
/// The keys of a chip or a device under the paths they have in an experiment ("chip.adc.bits").
[[nodiscard]] KeyTable part_keys(ChipSpec& chip);
[[nodiscard]] KeyTable part_keys(DeviceSpec& device);

/// A key of an experiment that holds text or a list; not in the KeyTable.
struct TextKey {
  std::string path, sentence;
};
[[nodiscard]] const std::vector<TextKey>& text_keys();
/// Those of a chip or a device.
[[nodiscard]] const std::vector<TextKey>& part_text_keys();

}  // namespace mimosa
