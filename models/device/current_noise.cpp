// SPDX-License-Identifier: Apache-2.0
#include "models/device/current_noise.hpp"

#include <cmath>

namespace mimosa {

double integration_bandwidth(double time_s) {
  return 1.0 / (2.0 * time_s);
}

double johnson_current(double conductance, double bandwidth, double kelvin) {
  constexpr double boltzmann = 1.380649e-23;
  return std::sqrt(4.0 * boltzmann * kelvin * conductance * bandwidth);
}

double shot_current(double current, double bandwidth) {
  constexpr double electron = 1.602176634e-19;
  return std::sqrt(2.0 * electron * current * bandwidth);
}

CurrentNoiseFactors current_noise_factors(const CurrentNoiseSpec& spec, double g_max_us, double temperature_k,
                                          const CurrentNoiseScales& scales) {
  if (spec.law == CurrentNoiseLaw::None) return {};
  const double bandwidth = integration_bandwidth(spec.integration_ns * 1e-9);
  const double full_a = g_max_us * 1e-6 * spec.v_read_v;
  const double thermal = scales.thermal * johnson_current(g_max_us * 1e-6, bandwidth, temperature_k) / full_a;
  const double shot = scales.shot * shot_current(full_a, bandwidth) / full_a;
  return {thermal * thermal, shot * shot};
}

}  // namespace mimosa
