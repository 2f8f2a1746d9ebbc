// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/crossbar/array_spec.hpp"
#include "models/device/device_spec.hpp"

namespace mimosa {

/// UserError where cells and array cannot be simulated together: effects whose exact treatment is not there
/// are refused, never left out.
void check_combination(const DeviceSpec& device, const ArraySpec& array);

}  // namespace mimosa
