// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/device/device_spec.hpp"

namespace mimosa {

/// Cells of the same range that hold exactly what they are given.
[[nodiscard]] inline DeviceSpec without_effects(const DeviceSpec& device) {
  DeviceSpec exact;
  exact.name = "ideal";
  exact.g_min_us = device.g_min_us;
  exact.g_max_us = device.g_max_us;
  return exact;
}

/// True where no law changes a conductance, so that targets need no unit and no random numbers.
[[nodiscard]] inline bool is_exact(const DeviceSpec& device) {
  return device.levels == 0 && device.programming.law == ProgrammingLaw::None &&
         device.ageing.law == AgeingLaw::None && device.low_frequency.law == LowFrequencyLaw::None &&
         device.white.law == WhiteLaw::None && device.faults.law == FaultLaw::None &&
         device.telegraph.law == TelegraphLaw::None && device.iv.law == IvLaw::Linear &&
         device.read_disturb.law == ReadDisturbLaw::None && device.temperature.activation_ev.empty() &&
         device.current_noise.law == CurrentNoiseLaw::None;
}

}  // namespace mimosa
