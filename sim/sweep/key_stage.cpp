// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/key_stage.hpp"

namespace mimosa {

KeyStage stage_of(const std::string& key) {
  if (key.starts_with("chip.adc.") || key == "inputs" || key.starts_with("workload.") || key == "device" ||
      key.starts_with("device.g_"))
    return KeyStage::Ranges;
  for (const char* section : {"network", "chip.", "compiler.", "calibration."})
    if (key.starts_with(section)) return KeyStage::Program;
  return key == "chip" ? KeyStage::Program : KeyStage::Chip;
}

}  // namespace mimosa
