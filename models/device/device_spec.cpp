// SPDX-License-Identifier: Apache-2.0
#include "models/device/device_spec.hpp"

#include <sstream>

#include "models/base/error.hpp"

namespace mimosa {

namespace {

void check_order(const std::string& key, double low, double high) {
  if (low <= high) return;
  std::ostringstream text;
  text << "device." << key << "_min: " << low << " is above device." << key << "_max; at most " << high
       << " is allowed";
  throw UserError(text.str());
}

}  // namespace

void check(const DeviceSpec& spec) {
  check_order("nu_mean", spec.nu_mean_min, spec.nu_mean_max);
  check_order("nu_std", spec.nu_std_min, spec.nu_std_max);
  if (spec.t_read_ns * 1e-9 > spec.t0_s) {  // K(t) would be the root of a negative number
    std::ostringstream text;
    text << "device.t_read_ns: " << spec.t_read_ns << " is longer than device.t0_s; at most "
         << spec.t0_s * 1e9 << " is allowed";
    throw UserError(text.str());
  }
}

}  // namespace mimosa
