// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "models/device/cell_range.hpp"
#include "models/device/measured_table.hpp"
#include "models/device/programming_spec.hpp"

// Laws that give mean and spread of a device's state as a function of target and time, drift included.
namespace mimosa {

/// The first and last time the law knows, in s; the last of a csv table with drift exponents is unbounded.
[[nodiscard]] double first_time(const ProgrammingSpec& spec, const MeasuredTable& table);
[[nodiscard]] double last_time(const ProgrammingSpec& spec, const MeasuredTable& table);

/// Mean, spread and, for the time `since_s` after the last row, drift exponent of a device.
struct DeviceState {
  double mean_us = 0.0, sigma_us = 0.0, nu = 0.0;
};

/// One of the laws at one time within its range.
///   table_in_time  aihwkit noise/reram.py, ReRamWan2022NoiseModel (Wan, Nature 608, 2022): mean g, sigma =
///                  max(0, Σ c_k r^k) · g_max / reference. The source knows its rows' times only; between
///                  them sigma is linear in ln t here.
///   sonos          CrossSim devices/custom/SONOS.py (Agrawal, IEDM 2022): with I = g V in nA, mean I + Σ p_k
///                  I^k, sigma = A (1 − exp(−mean/B)), I ≥ 0; coefficients linear in t.
///   csv            bilinear in target and time; after the last time mean and error fall as (t/t_last)^−nu.
class StateLaw {
 public:
  StateLaw(const ProgrammingSpec& spec, const MeasuredTable& table, const CellRange& range, double time_s);
  [[nodiscard]] DeviceState state(double target_us) const;
  /// mean + sigma · xi, the shift of the mean and the exponent multiplied by `drift_scale`.
  [[nodiscard]] double conductance(double target_us, double xi, double drift_scale) const;

 private:
  [[nodiscard]] DeviceState sonos(double target_us) const;

  const ProgrammingSpec& spec_;
  const MeasuredTable& table_;
  CellRange range_;
  std::size_t row_ = 0;
  double share_ = 0.0;         ///< of row row_ + 1
  double log_overtime_ = 0.0;  ///< ln(t/t_last), 0 within the table
  std::vector<double> fit_;    ///< coefficients at the time
  double amplitude_na_ = 0.0, saturation_na_ = 1.0;
};

}  // namespace mimosa
