// SPDX-License-Identifier: Apache-2.0
#include "models/device/pcm.hpp"

#include <algorithm>
#include <cmath>

#include "models/base/portable_math.hpp"

namespace mimosa {

namespace {

/// Floors of the source, pcm.py: _ZERO_CLIP and the clamp of r^0.65.
constexpr double smallest_r = 1e-7;
constexpr double smallest_power = 1e-3;
constexpr double log_smallest_r = -16.11809565095832;  // needed for the idle device of every pair

double log_r(double r) {
  return r > smallest_r ? portable_log(r) : log_smallest_r;
}

double nu_mean_of_log(const DeviceSpec& spec, double log) {
  return std::clamp(spec.nu_mean_slope * log + spec.nu_mean_offset, spec.nu_mean_min, spec.nu_mean_max);
}

double nu_std_of_log(const DeviceSpec& spec, double log) {
  return std::clamp(spec.nu_std_slope * log + spec.nu_std_offset, spec.nu_std_min, spec.nu_std_max);
}

double log_age(const DeviceSpec& spec, double t_s) {
  return portable_log((t_s + spec.t0_s) / spec.t0_s);
}

}  // namespace

double sigma_prog(const DeviceSpec& spec, double g_us) {
  const double r = g_us / spec.g_max_us;
  const double sigma = spec.prog_c0_us + spec.prog_c1_us * r + spec.prog_c2_us * r * r;
  return std::max(0.0, sigma) * spec.g_max_us / spec.prog_reference_g_max_us;
}

double nu_mean(const DeviceSpec& spec, double r) {
  return nu_mean_of_log(spec, log_r(r));
}

double nu_std(const DeviceSpec& spec, double r) {
  return nu_std_of_log(spec, log_r(r));
}

double q_factor(const DeviceSpec& spec, double r) {
  const double power = r > 0.0 ? portable_pow(r, spec.q_exponent) : 0.0;
  return std::min(spec.q_factor / std::max(power, smallest_power), spec.q_max);
}

double k_1f(const DeviceSpec& spec, double t_s) {
  const double t_read_s = spec.t_read_ns * 1e-9;
  return std::sqrt(portable_log((t_s + spec.t0_s + t_read_s) / (2.0 * t_read_s)));
}

double drift_factor(const DeviceSpec& spec, double nu, double t_s) {
  return portable_exp(-nu * log_age(spec, t_s));
}

double programmed_conductance(const DeviceSpec& spec, double target_us, double xi) {
  return std::max(0.0, target_us + spec.programming_noise * sigma_prog(spec, target_us) * xi);
}

double drift_exponent(const DeviceSpec& spec, double target_us, double xi) {
  const double log = log_r(target_us / spec.g_max_us);
  return std::fabs(nu_mean_of_log(spec, log) + nu_std_of_log(spec, log) * xi) * spec.drift;
}

PcmAgeing::PcmAgeing(const DeviceSpec& spec, double t_s)
    : spec_(spec), log_age_(log_age(spec, t_s)), noise_(spec.noise_1f * k_1f(spec, t_s)) {
}

double PcmAgeing::conductance(double programmed_us, double nu, double xi) const {
  if (programmed_us == 0.0) return 0.0;  // as half of the idle devices are
  const double g = programmed_us * portable_exp(-nu * log_age_);
  if (noise_ == 0.0) return g;
  return std::max(0.0, g + noise_ * q_factor(spec_, programmed_us / spec_.g_max_us) * g * xi);
}

}  // namespace mimosa
