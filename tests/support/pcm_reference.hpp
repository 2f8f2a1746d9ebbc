// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>

#include "models/base/portable_math.hpp"

namespace mimosa {

/// configs/device/pcm-joshi.yaml written out by itself, in the order of operations that results depend on:
/// what the general laws must give byte for byte.
struct PcmReference {
  double time_s = 86400.0;

  static double log_r(double r) { return r > 1e-7 ? portable_log(r) : -16.11809565095832; }

  [[nodiscard]] static double programmed(double target_us, double xi) {
    const double r = target_us / 25.0;
    const double sigma = 0.26348 + 1.9650 * r + -1.1731 * r * r;
    return std::max(0.0, target_us + 1.0 * (std::max(0.0, sigma) * 25.0 / 25.0) * xi);
  }
  [[nodiscard]] static double exponent(double target_us, double xi) {
    const double log = log_r(target_us / 25.0);
    const double mean = std::clamp(-0.0155 * log + 0.0244, 0.049, 0.100);
    const double std = std::clamp(-0.0125 * log + -0.0059, 0.008, 0.045);
    return std::fabs(mean + std * xi) * 1.0;
  }
  [[nodiscard]] double now(double programmed_us, double nu, double xi) const {
    if (programmed_us == 0.0) return 0.0;
    const double g = programmed_us * portable_exp(-nu * portable_log((time_s + 20.0) / 20.0));
    const double t_read_s = 250.0 * 1e-9;
    const double k = std::sqrt(portable_log((time_s + 20.0 + t_read_s) / (2.0 * t_read_s)));
    const double power = portable_pow(programmed_us / 25.0, 0.65);
    const double q = std::min(0.0088 / std::max(power, 1e-3), 0.2);
    return std::max(0.0, g + 1.0 * k * q * g * xi);
  }
};

}  // namespace mimosa
