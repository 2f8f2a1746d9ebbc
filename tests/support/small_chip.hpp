// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/spec/chip_spec.hpp"
#include "models/device/device_spec.hpp"
#include "tests/support/devices.hpp"

namespace mimosa {

/// 8 × 8 tiles of one 64 × 64 array: small layers span several arrays both ways.
[[nodiscard]] inline ChipSpec small_chip() {
  ChipSpec chip;
  chip.name = "small";
  chip.array = {.rows = 64, .cols = 64};
  chip.vector.lanes = 16;
  chip.mvm.latency_ns = chip.mvm.interval_ns = 20.0;
  chip.mvm.energy_pj = 100.0;
  return chip;
}

/// PCM one day after programming, every effect on.
[[nodiscard]] inline DeviceSpec noisy_pcm() {
  return pcm_device();
}

}  // namespace mimosa
