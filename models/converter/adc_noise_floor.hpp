// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>

namespace mimosa {

/// Noise bandwidth in Hz of a current that is integrated over a time in s.
[[nodiscard]] inline double integration_bandwidth(double time_s) {
  return 1.0 / (2.0 * time_s);
}

/// Root mean square thermal (Johnson) current in A of a conductance in S over a bandwidth in Hz: √(4kTGB).
[[nodiscard]] inline double johnson_current(double conductance, double bandwidth, double kelvin) {
  constexpr double boltzmann = 1.380649e-23;
  return std::sqrt(4.0 * boltzmann * kelvin * conductance * bandwidth);
}

/// Root mean square shot current in A of a current in A over a bandwidth in Hz: √(2qIB).
[[nodiscard]] inline double shot_current(double current, double bandwidth) {
  constexpr double electron = 1.602176634e-19;
  return std::sqrt(2.0 * electron * current * bandwidth);
}

}  // namespace mimosa
