// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/device/device_spec.hpp"

namespace mimosa {

/// configs/device/pcm-joshi.yaml: a day after programming, every effect on. The laws' defaults are its
/// coefficients.
[[nodiscard]] inline DeviceSpec pcm_device() {
  DeviceSpec device;
  device.name = "pcm";
  device.programming.law = ProgrammingLaw::Polynomial;
  device.ageing.law = AgeingLaw::Power;
  device.low_frequency.law = LowFrequencyLaw::PowerQ;
  device.white.law = WhiteLaw::SqrtWeight;
  return device;
}

}  // namespace mimosa
