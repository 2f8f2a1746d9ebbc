// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/device/device_spec.hpp"

// Phase-change memory after Nandakumar et al., ICECS 2019 (10.1109/icecs46596.2019.8964852) and Joshi et al.,
// Nat. Commun. 11:2473 (2020), with the coefficients of IBM's aihwkit, src/aihwkit/inference/noise/pcm.py.
// The fit is of 90 nm mushroom cells with g_max = 25 uS. Conductances in uS, times in s from the end of
// programming, r = g/g_max, xi a standard normal of one device and effect. Not modelled: temperature, faults,
// read disturb.
namespace mimosa {

/// Standard deviation of iterative programming in uS at target g_us:
/// max(0, c0 + c1 r + c2 r²) · g_max / reference.
[[nodiscard]] double sigma_prog(const DeviceSpec& spec, double g_us);

/// Mean and spread of the drift exponent at r: clamp(slope · ln r + offset, min, max), r floored at 1e-7.
[[nodiscard]] double nu_mean(const DeviceSpec& spec, double r);
[[nodiscard]] double nu_std(const DeviceSpec& spec, double r);

/// Relative strength of the 1/f noise at the programmed r: min(q_factor / max(r^q_exponent, 1e-3), q_max).
[[nodiscard]] double q_factor(const DeviceSpec& spec, double r);

/// sqrt(ln((t + t0 + t_read) / (2 t_read))): S_G/G² = Q/f integrated from the elapsed time to the read pulse.
/// It does not vanish at t = 0, where t0 have passed since the write pulse.
[[nodiscard]] double k_1f(const DeviceSpec& spec, double t_s);

/// ((t + t0) / t0)^−nu
[[nodiscard]] double drift_factor(const DeviceSpec& spec, double nu, double t_s);

/// max(0, target + programming_noise · sigma_prog · xi)
[[nodiscard]] double programmed_conductance(const DeviceSpec& spec, double target_us, double xi);

/// |nu_mean + nu_std · xi| · drift, from the target conductance; a device keeps it for life.
[[nodiscard]] double drift_exponent(const DeviceSpec& spec, double target_us, double xi);

/// A device's conductance at one time, from what it was programmed to, its drift exponent and its frozen 1/f
/// sample: max(0, g + noise_1f · g · Q · K(t) · xi), g = programmed · ((t + t0) / t0)^−nu.
class PcmAgeing {
 public:
  PcmAgeing(const DeviceSpec& spec, double t_s);
  [[nodiscard]] double conductance(double programmed_us, double nu, double xi) const;

 private:
  const DeviceSpec spec_;
  double log_age_, noise_;
};

}  // namespace mimosa
