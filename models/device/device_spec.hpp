// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "models/device/ageing.hpp"
#include "models/device/current_noise.hpp"
#include "models/device/environment.hpp"
#include "models/device/faults.hpp"
#include "models/device/iv.hpp"
#include "models/device/low_frequency.hpp"
#include "models/device/programming_spec.hpp"
#include "models/device/telegraph.hpp"
#include "models/device/white_noise.hpp"

namespace mimosa {

/// Digital factors, or a wider and narrower ADC range.
enum class DriftCompensation { Off, Array, Column, AdcRange };
/// What the factor is taken from: the cells' conductances themselves, or reads through the ADC.
enum class DriftReadout { Exact, Adc };
/// What errors cannot take a conductance beyond: below 0, or out of g_min … g_max.
enum class ConductanceClamp { Zero, Range };

/// What a memory cell does: one law and its coefficients for every effect, and scales that turn effects off
/// (0), on as published (1), or up. Without laws it is ideal.
struct DeviceSpec {
  std::string name = "ideal";
  double g_min_us = 0.0, g_max_us = 25.0;
  int levels = 0;  ///< 0: analog
  ConductanceClamp clamp = ConductanceClamp::Zero;
  double time_s = 86400.0;  ///< from the end of programming to the inferences
  double temperature_k = 300.0;
  double pass_s = 0.0;  ///< from one pass to the next; 0: the chip's timing

  double programming_noise = 1.0, drift = 1.0, noise_1f = 1.0, read_noise = 1.0;
  double faults_scale = 1.0, nonlinearity = 1.0, read_disturb_scale = 1.0;
  double telegraph_scale = 1.0, temperature_scale = 1.0, thermal_noise = 1.0, shot_noise = 1.0;
  DriftCompensation drift_compensation = DriftCompensation::Array;
  DriftReadout drift_readout = DriftReadout::Exact;
  double drift_readout_range = 1.0;

  ProgrammingSpec programming;
  AgeingSpec ageing;
  LowFrequencySpec low_frequency;
  WhiteSpec white;
  FaultSpec faults;
  TelegraphSpec telegraph;
  IvSpec iv;
  ReadDisturbSpec read_disturb;
  TemperatureSpec temperature;
  CurrentNoiseSpec current_noise;

  [[nodiscard]] CellRange range() const {
    if (clamp == ConductanceClamp::Range) return {g_min_us, g_max_us, g_min_us, g_max_us};
    return {g_min_us, g_max_us};
  }
  /// True where cells switch between two conductances.
  [[nodiscard]] bool switches() const { return telegraph.law != TelegraphLaw::None && telegraph_scale > 0.0; }
};

/// A scale for every effect, bound to the code that applies it.
template <class Visitor>
void describe_scales(Visitor& v, DeviceSpec& s) {
  const auto scale = [&](const char* where, const char* key, double& value, const char* sentence) {
    v.applied_in(where, [&](auto& m) { m.field(key, value, "1", sentence, 0.0, 10.0); });
  };
  scale("models/device/programming.hpp", "programming_noise", s.programming_noise,
        "scale of the programming noise, 1 as published");
  scale("models/device/ageing.hpp", "drift", s.drift, "scale of the drift exponents, 1 as published");
  scale("models/device/low_frequency.hpp", "noise_1f", s.noise_1f,
        "scale of the 1/f noise, all of its bands, 1 as published");
  scale("models/device/white_noise.hpp", "read_noise", s.read_noise,
        "scale of the white noise of every MVM, 1 as published");
  scale("models/device/faults.hpp", "faults_scale", s.faults_scale,
        "scale of the shares of faults; a map: 0 off, else on");
  scale("models/device/telegraph.hpp", "telegraph_scale", s.telegraph_scale,
        "scale of the resistance steps of telegraph noise, 1 as published");
  scale("models/device/iv.hpp", "nonlinearity", s.nonlinearity,
        "scale of the cells' nonlinearity, 1 as published");
  scale("models/device/environment.hpp", "read_disturb_scale", s.read_disturb_scale,
        "scale of the exponent of read disturb");
  scale("models/device/environment.hpp", "temperature_scale", s.temperature_scale,
        "scale of the activation energy, 1 as given");
  scale("models/device/current_noise.hpp", "thermal_noise", s.thermal_noise,
        "scale of the thermal noise of currents, 1: of their conductance");
  scale("models/device/current_noise.hpp", "shot_noise", s.shot_noise,
        "scale of the shot noise of currents, 1: of single electrons");
}

template <class Visitor>
void describe_compensation(Visitor& v, DeviceSpec& s) {
  v.choice("drift_compensation", s.drift_compensation,
           "what undoes mean drift: a digital scale (one an array, one a column), or the array's ADC range",
           {{"off", DriftCompensation::Off},
            {"array", DriftCompensation::Array},
            {"column", DriftCompensation::Column},
            {"adc_range", DriftCompensation::AdcRange}});
  v.used_with("drift_compensation", {"array", "column", "adc_range"}, [&](auto& m) {
    m.choice("drift_readout", s.drift_readout,
             "how mean drift is known: exact conductances, or every word line read through the ADC, twice",
             {{"exact", DriftReadout::Exact}, {"adc", DriftReadout::Adc}});
  });
  v.used_with("drift_readout", {"adc"}, [&](auto& m) {
    m.field("drift_readout_range", s.drift_readout_range, "1",
            "half the ADC's range in the read-out, in units of g/g_max times x: 1 is one cell", 1e-6, 1e6);
  });
}

/// What holds for every law.
template <class Visitor>
void describe_common(Visitor& v, DeviceSpec& s) {
  v.field("g_min_us", s.g_min_us, "uS", "smallest programmed conductance; on/off ratio: g_max/g_min", 0.0,
          1e3);
  v.field("g_max_us", s.g_max_us, "uS", "largest programmed conductance", 0.1, 1e4);
  v.field("levels", s.levels, "1", "conductances a cell is programmed to; 0: any", 0, 65536);
  v.choice("clamp", s.clamp, "what no error takes a conductance beyond: below zero, or out of the range",
           {{"zero", ConductanceClamp::Zero}, {"range", ConductanceClamp::Range}});
  v.field("time_s", s.time_s, "s", "time from the end of programming to the inferences", 0.0, 1e10);
  v.field("pass_s", s.pass_s, "s", "from one pass to the next, for noise that changes between; 0: the chip's",
          0.0, 1e6);
  v.field("temperature_k", s.temperature_k, "K", "temperature of the cells", 1.0, 1000.0);
  describe_scales(v, s);
  v.applied_in("models/crossbar/drift_readout.cpp", [&](auto& m) { describe_compensation(m, s); });
}

/// The one place that names the keys, units, limits and meanings of a DeviceSpec.
template <class Visitor>
void describe(Visitor& v, DeviceSpec& s) {
  describe_common(v, s);
  v.section("programming", "error of programming", "models/device/programming.hpp",
            [&](auto& m) { describe(m, s.programming); });
  v.section("ageing", "drift, relaxation, retention", "models/device/ageing.hpp",
            [&](auto& m) { describe(m, s.ageing); });
  v.section("low_frequency", "1/f noise", "models/device/low_frequency.hpp",
            [&](auto& m) { describe(m, s.low_frequency); });
  v.section("white", "white noise of reads", "models/device/white_noise.hpp",
            [&](auto& m) { describe(m, s.white); });
  v.section("faults", "stuck cells and yield", "models/device/faults.hpp",
            [&](auto& m) { describe(m, s.faults); });
  v.section("telegraph", "random telegraph noise", "models/device/telegraph.hpp",
            [&](auto& m) { describe(m, s.telegraph); });
  v.section("iv", "current over voltage", "models/device/iv.hpp", [&](auto& m) { describe(m, s.iv); });
  v.section("read_disturb", "change of a conductance by reads", "models/device/environment.hpp",
            [&](auto& m) { describe(m, s.read_disturb); });
  v.section("temperature", "change of a conductance with temperature", "models/device/environment.hpp",
            [&](auto& m) { describe(m, s.temperature); });
  v.section("current_noise", "thermal and shot noise of currents", "models/device/current_noise.hpp",
            [&](auto& m) { describe(m, s.current_noise); });
}

/// Cross-field rules of the laws in use; UserError with key, value and what is allowed.
void check(const DeviceSpec& spec);

/// The nearest of L levels from g_min to g_max: k = rint((g − g_min)(L − 1)/(g_max − g_min)), CrossSim
/// idevice.py; 0 levels: g itself.
[[nodiscard]] double quantised(const DeviceSpec& spec, double g_us);

}  // namespace mimosa
