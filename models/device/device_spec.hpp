// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mimosa {

enum class DeviceModel { Ideal, Pcm };
enum class DriftCompensation { Off, Array };

/// What a memory cell does. Coefficients are as published; the scales 0 … 1 … turn an effect off, on, up.
/// Formulas: models/device/pcm.hpp. r is conductance over g_max.
struct DeviceSpec {
  std::string name = "ideal";
  DeviceModel model = DeviceModel::Ideal;
  double g_max_us = 25.0;
  double time_s = 86400.0;  ///< from the end of programming to the inferences

  double programming_noise = 1.0, drift = 1.0, noise_1f = 1.0, read_noise = 1.0;
  DriftCompensation drift_compensation = DriftCompensation::Array;

  double prog_c0_us = 0.26348, prog_c1_us = 1.9650, prog_c2_us = -1.1731, prog_reference_g_max_us = 25.0;
  double nu_mean_slope = -0.0155, nu_mean_offset = 0.0244, nu_mean_min = 0.049, nu_mean_max = 0.100;
  double nu_std_slope = -0.0125, nu_std_offset = -0.0059, nu_std_min = 0.008, nu_std_max = 0.045;
  double t0_s = 20.0;
  double q_factor = 0.0088, q_exponent = 0.65, q_max = 0.2, t_read_ns = 250.0;
  double read_noise_weight = 0.0175;  ///< short-term, per MVM: sigma_w = this * sqrt(|w|), w normalised to 1
};

/// The one place that names the keys, units, limits and meanings of a DeviceSpec.
template <class Visitor>
void describe(Visitor& v, DeviceSpec& s) {
  v.choice("model", s.model, "cell physics", {{"ideal", DeviceModel::Ideal}, {"pcm", DeviceModel::Pcm}});
  v.field("g_max_us", s.g_max_us, "uS", "largest programmed conductance", 0.1, 1000.0);
  v.field("time_s", s.time_s, "s", "time from the end of programming to the inferences", 0.0, 1e10);
  v.field("programming_noise", s.programming_noise, "1", "scale of the programming noise, 1 as published",
          0.0, 10.0);
  v.field("drift", s.drift, "1", "scale of the drift exponents, 1 as published", 0.0, 10.0);
  v.field("noise_1f", s.noise_1f, "1", "scale of the 1/f noise frozen per chip and time, 1 as published", 0.0,
          10.0);
  v.field("read_noise", s.read_noise, "1", "scale of the white noise of every MVM, 1 as published", 0.0,
          10.0);
  v.choice("drift_compensation", s.drift_compensation, "global scale that undoes mean drift",
           {{"off", DriftCompensation::Off}, {"array", DriftCompensation::Array}});
  v.field("prog_c0_us", s.prog_c0_us, "uS", "programming sigma: constant term", -100.0, 100.0);
  v.field("prog_c1_us", s.prog_c1_us, "uS", "programming sigma: term in r", -100.0, 100.0);
  v.field("prog_c2_us", s.prog_c2_us, "uS", "programming sigma: term in r^2", -100.0, 100.0);
  v.field("prog_reference_g_max_us", s.prog_reference_g_max_us, "uS", "g_max at which the sigma was fitted",
          0.1, 1000.0);
  v.field("nu_mean_slope", s.nu_mean_slope, "1", "drift exponent mean: factor of ln r", -1.0, 1.0);
  v.field("nu_mean_offset", s.nu_mean_offset, "1", "drift exponent mean: offset", -1.0, 1.0);
  v.field("nu_mean_min", s.nu_mean_min, "1", "drift exponent mean: lower clamp", 0.0, 1.0);
  v.field("nu_mean_max", s.nu_mean_max, "1", "drift exponent mean: upper clamp", 0.0, 1.0);
  v.field("nu_std_slope", s.nu_std_slope, "1", "drift exponent sigma: factor of ln r", -1.0, 1.0);
  v.field("nu_std_offset", s.nu_std_offset, "1", "drift exponent sigma: offset", -1.0, 1.0);
  v.field("nu_std_min", s.nu_std_min, "1", "drift exponent sigma: lower clamp", 0.0, 1.0);
  v.field("nu_std_max", s.nu_std_max, "1", "drift exponent sigma: upper clamp", 0.0, 1.0);
  v.field("t0_s", s.t0_s, "s", "time of the reference read after programming", 1e-3, 1e6);
  v.field("q_factor", s.q_factor, "1", "1/f noise: Q at r = 1", 0.0, 1.0);
  v.field("q_exponent", s.q_exponent, "1", "1/f noise: Q falls with r to this power", 0.0, 4.0);
  v.field("q_max", s.q_max, "1", "1/f noise: upper clamp of Q", 0.0, 10.0);
  v.field("t_read_ns", s.t_read_ns, "ns", "duration of a read pulse", 1.0, 1e9);
  v.field("read_noise_weight", s.read_noise_weight, "1", "white noise of one MVM: sigma of a weight of 1",
          0.0, 1.0);
}

/// Cross-field rules (nu_mean_min ≤ nu_mean_max, …); UserError.
void check(const DeviceSpec& spec);

}  // namespace mimosa
