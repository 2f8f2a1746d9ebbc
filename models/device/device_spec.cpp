// SPDX-License-Identifier: Apache-2.0
#include "models/device/device_spec.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/device/state_laws.hpp"

namespace mimosa {

namespace {

[[noreturn]] void refuse(const std::string& key, const std::string& what) {
  throw UserError("device." + key + ": " + what);
}

void check_order(const std::string& low_key, double low, const std::string& high_key, double high) {
  if (low > high)
    refuse(low_key, fmt::format("{} is above device.{}; at most {} is allowed", low, high_key, high));
}

void check_fit(const std::string& key, const PiecewiseFit& fit) {
  check_order(key + ".min", fit.min, key + ".max", fit.max);
  if (fit.knot <= 1.0 && fit.above.empty())
    refuse(key + ".above",
           fmt::format("is empty, but the fit changes at r = {}; give coefficients, or a knot "
                       "above 1",
                       fit.knot));
}

void check_ascending(const std::string& key, const std::vector<double>& values) {
  if (values.empty()) refuse(key, "is empty; at least one time is needed");
  if (std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) != values.end())
    refuse(key, "does not ascend; every time must be above the one before");
}

void check_rows(const std::string& key, std::size_t size, std::size_t times, bool exact) {
  if (size == 0 || size % times != 0 || (exact && size != times))
    refuse(key, fmt::format("holds {} numbers for the {} times of device.programming.times_s; {} is allowed",
                            size, times, exact ? "one each" : "a multiple, row after row"));
}

void check_inverse(const std::string& key, Dependence dependence, const DeviceSpec& s) {
  if (dependence == Dependence::Inverse && s.g_min_us <= 0.0)
    refuse(key, fmt::format("inverse has no value at 0 uS; device.g_min_us is {}, above 0 is allowed",
                            s.g_min_us));
}

/// The time, and for csv the range of conductances, must lie within what was measured.
void check_state_law(const DeviceSpec& s) {
  const MeasuredTable table =
      s.programming.law == ProgrammingLaw::Csv ? read_measured_table(s.programming.file) : MeasuredTable{};
  const double first = first_time(s.programming, table), last = last_time(s.programming, table);
  if (s.time_s < first || s.time_s > last)
    refuse("time_s", fmt::format("{} s is outside what device.programming measured; {} .. {} s is allowed",
                                 s.time_s, first, last));
  if (table.targets_us.empty()) return;
  const double low = table.targets_us.front(), high = table.targets_us.back();
  if (s.g_min_us < low)
    refuse("g_min_us", fmt::format("{} uS is outside the targets of {}; {} .. {} uS is allowed", s.g_min_us,
                                   s.programming.file, low, high));
  if (s.g_max_us > high)
    refuse("g_max_us", fmt::format("{} uS is outside the targets of {}; {} .. {} uS is allowed", s.g_max_us,
                                   s.programming.file, low, high));
}

/// CrossSim SONOS.py: 3200 nA at time 0, below 1800 nA later.
void check_sonos(const DeviceSpec& s) {
  const ProgrammingSpec& p = s.programming;
  const double current = s.g_max_us * 1000.0 * p.v_read_v;
  const double limit = s.time_s > 0.0 ? p.i_max_aged_na : p.i_max_na;
  if (current > limit)
    refuse("g_max_us",
           fmt::format("{} uS is {} nA at {} V; at {} s the fit holds to {} nA, so at most {} uS is "
                       "allowed",
                       s.g_max_us, current, p.v_read_v, s.time_s, limit, limit / (1000.0 * p.v_read_v)));
}

void check_programming(const DeviceSpec& s) {
  const ProgrammingSpec& p = s.programming;
  if (p.law == ProgrammingLaw::Polynomial && p.sigma_us.empty())
    refuse("programming.sigma_us", "is empty; 1 to 5 coefficients are allowed");
  if (p.law == ProgrammingLaw::Generic) check_inverse("programming.dependence", p.dependence, s);
  if (p.law == ProgrammingLaw::TableInTime || p.law == ProgrammingLaw::Sonos)
    check_ascending("programming.times_s", p.times_s);
  if (p.law == ProgrammingLaw::TableInTime) {
    check_rows("programming.rows_us", p.rows_us.size(), p.times_s.size(), false);
    if (p.times_s.front() <= 0.0)
      refuse("programming.times_s", "begins at 0 s; above 0 is allowed, as rows are joined over ln t");
  }
  if (p.law == ProgrammingLaw::Sonos) {
    check_rows("programming.amplitude_na", p.amplitude_na.size(), p.times_s.size(), true);
    check_rows("programming.saturation_na", p.saturation_na.size(), p.times_s.size(), true);
    check_rows("programming.shift_na", p.shift_na.size(), p.times_s.size(), false);
    check_sonos(s);
  }
  if (is_state_law(p.law)) {
    if (s.ageing.law != AgeingLaw::None)
      refuse("ageing.law", "device.programming.law already holds the change with time; none is allowed");
    check_state_law(s);
  }
}

void check_ageing(const AgeingSpec& a) {
  if (a.law != AgeingLaw::Power) return;
  check_fit("ageing.nu_mean", a.nu_mean);
  check_fit("ageing.nu_std", a.nu_std);
}

void check_low_frequency(const DeviceSpec& s) {
  const LowFrequencySpec& f = s.low_frequency;
  if (f.law == LowFrequencyLaw::None) return;
  if (f.law == LowFrequencyLaw::PiecewiseQ) check_fit("low_frequency.q", f.q);
  // K(t) would be the root of a negative number; CMO counts from t = 0 and has no noise there.
  if (f.law != LowFrequencyLaw::Cmo && f.t_read_ns * 1e-9 > f.t0_s)
    refuse("low_frequency.t_read_ns",
           fmt::format("{} ns is longer than device.low_frequency.t0_s; at most {} is allowed", f.t_read_ns,
                       f.t0_s * 1e9));
  if (s.telegraph.law != TelegraphLaw::None)
    refuse("telegraph.law",
           "the 1/f noise of device.low_frequency holds the telegraph noise already; one of "
           "the two is allowed");
}

void check_others(const DeviceSpec& s) {
  if (s.white.law == WhiteLaw::Generic) check_inverse("white.dependence", s.white.dependence, s);
  if (s.white.law == WhiteLaw::Polynomial && s.white.sigma_us.empty())
    refuse("white.sigma_us", "is empty; 1 to 5 coefficients are allowed");
  if (s.current_noise.law != CurrentNoiseLaw::None && s.iv.law == IvLaw::Cubic &&
      s.current_noise.v_read_v != s.iv.v_read_v)
    refuse("current_noise.v_read_v",
           fmt::format("{} V is not device.iv.v_read_v, which is the voltage of a full input too; {} V is "
                       "allowed",
                       s.current_noise.v_read_v, s.iv.v_read_v));
  const FaultSpec& f = s.faults;
  if (f.law == FaultLaw::Shares && s.faults_scale * (f.stuck_on + f.stuck_off) > 1.0)
    refuse("faults.stuck_on", fmt::format("stuck_on + stuck_off, scaled, make {}; at most 1 is allowed",
                                          s.faults_scale * (f.stuck_on + f.stuck_off)));
  if (s.iv.law == IvLaw::Cubic) check_order("iv.v_read_v", s.iv.v_read_v, "iv.v_max_v", s.iv.v_max_v);
  if (f.law == FaultLaw::Map && f.map.empty()) refuse("faults.map", "is empty; a .npy file is needed");
  if (s.telegraph.law == TelegraphLaw::TwoState) {
    check_order("telegraph.tau_min_s", s.telegraph.tau_min_s, "telegraph.tau_max_s", s.telegraph.tau_max_s);
    if (s.g_min_us <= 0.0)
      refuse("telegraph.law",
             "two_state needs a finite high resistance; device.g_min_us is 0, above 0 is "
             "allowed");
  }
  if (s.read_disturb.law == ReadDisturbLaw::Power &&
      read_disturb_time_s(s.read_disturb, s.temperature_k) == 0.0)
    refuse("read_disturb.n_cycles",
           fmt::format("{} cycles are beyond the law, which ends where 0.003 N^0.41 = "
                       "1; at most 1.4e6 is allowed",
                       s.read_disturb.n_cycles));
}

}  // namespace

void check(const DeviceSpec& s) {
  if (s.g_min_us >= s.g_max_us)
    refuse("g_min_us",
           fmt::format("{} is not below device.g_max_us; below {} is allowed", s.g_min_us, s.g_max_us));
  if (s.levels == 1)
    refuse("levels", "1 level holds no weight; 0 (any conductance) or 2 and more is allowed");
  if (s.programming.law == ProgrammingLaw::Csv && s.programming.file.empty())
    refuse("programming.file", "is empty; a CSV file is needed");
  check_programming(s);
  check_ageing(s.ageing);
  check_low_frequency(s);
  check_others(s);
}

double quantised(const DeviceSpec& spec, double g_us) {
  if (spec.levels < 2) return g_us;
  const double steps = spec.levels - 1.0, width = spec.g_max_us - spec.g_min_us;
  return spec.g_min_us + std::nearbyint((g_us - spec.g_min_us) * steps / width) * width / steps;
}

}  // namespace mimosa
