// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

namespace mimosa {

/// How the conductance a cell ends at differs from its target. The laws of the second line give the state at
/// a time after programming, drift included; formulas in programming.hpp and state_laws.hpp.
enum class ProgrammingLaw { None, Polynomial, Linear, Generic, WriteVerify, Pulses, TableInTime, Sonos, Csv };
enum class Distribution { Normal, Uniform };
enum class Dependence { Independent, Proportional, Inverse };
enum class PulseLoop { Closed, Open };

/// Program-and-verify, pulse by pulse (write_verify.hpp).
struct WriteVerifySpec {
  double tolerance_us = 0.5, step_us = 2.0, pulse_noise = 0.3, verify_noise_us = 0.1;
  int max_iterations = 25;
  friend bool operator==(const WriteVerifySpec&, const WriteVerifySpec&) = default;
};

/// An incremental device with linear steps (pulses.hpp); states w in units of its own.
struct PulseSpec {
  double dw = 0.002, w_min = -0.8276, w_max = 1.1724, gamma_up = 0.1153, gamma_down = 0.5085;
  double dw_spread = 0.1, bound_spread = 0.05, gamma_spread = 0.05;  ///< device to device
  double cycle_noise = 0.3;                                          ///< of one pulse's step
  PulseLoop loop = PulseLoop::Closed;
  friend bool operator==(const PulseSpec&, const PulseSpec&) = default;
};

struct ProgrammingSpec {
  ProgrammingLaw law = ProgrammingLaw::None;
  std::vector<double> sigma_us = {0.26348, 1.9650, -1.1731};
  double reference_g_max_us = 25.0;
  double offset_us = 0.0, slope = 0.0;
  Distribution distribution = Distribution::Normal;
  Dependence dependence = Dependence::Proportional;
  double magnitude = 0.01;
  std::vector<double> times_s = {}, rows_us = {};
  std::vector<double> amplitude_na = {}, saturation_na = {}, shift_na = {};
  double v_read_v = 0.1, i_max_na = 3200.0, i_max_aged_na = 1800.0;
  WriteVerifySpec write_verify = {};
  PulseSpec pulses = {};
  std::string file = {};  ///< of the csv law
  /// Costs of the laws that count pulses; estimates, no chip here publishes them. A pulse of 100 ns and 10 pJ
  /// is a short one of some 100 uA at 1 V; a verify read is as long and takes a conversion.
  double pulse_ns = 100.0, pulse_pj = 10.0, verify_ns = 100.0, verify_pj = 1.0;
  friend bool operator==(const ProgrammingSpec&, const ProgrammingSpec&) = default;
};

/// True for the laws that already hold the change with time.
[[nodiscard]] inline bool is_state_law(ProgrammingLaw law) {
  return law >= ProgrammingLaw::TableInTime;
}

template <class Visitor>
void describe(Visitor& v, WriteVerifySpec& s) {
  v.field("tolerance_us", s.tolerance_us, "uS", "largest difference a verify read accepts", 0.0, 1000.0);
  v.field("step_us", s.step_us, "uS", "largest change one pulse aims at", 1e-6, 1000.0);
  v.field("pulse_noise", s.pulse_noise, "1", "sigma of a pulse's change, relative to it", 0.0, 10.0);
  v.field("verify_noise_us", s.verify_noise_us, "uS", "sigma of a verify read", 0.0, 100.0);
  v.field("max_iterations", s.max_iterations, "pulses", "then the cell is left as it is", 1, 10000);
}

template <class Visitor>
void describe(Visitor& v, PulseSpec& s) {
  v.field("dw", s.dw, "1", "step of one pulse at w = 0", 1e-7, 10.0);
  v.field("w_min", s.w_min, "1", "lower bound of w, at g_min", -100.0, -1e-6);
  v.field("w_max", s.w_max, "1", "upper bound of w, at g_max", 1e-6, 100.0);
  v.field("gamma_up", s.gamma_up, "1", "how far an up step has shrunk at w_max", 0.0, 1.0);
  v.field("gamma_down", s.gamma_down, "1", "how far a down step has shrunk at w_min", 0.0, 1.0);
  v.field("dw_spread", s.dw_spread, "1", "device to device: sigma of dw, relative", 0.0, 1.0);
  v.field("bound_spread", s.bound_spread, "1", "device to device: sigma of the bounds, relative", 0.0, 1.0);
  v.field("gamma_spread", s.gamma_spread, "1", "device to device: sigma of the gammas", 0.0, 1.0);
  v.field("cycle_noise", s.cycle_noise, "1", "cycle to cycle: sigma of a step, relative", 0.0, 100.0);
  v.choice("loop", s.loop, "closed: read between trains of pulses; open: the nominal device's count, unread",
           {{"closed", PulseLoop::Closed}, {"open", PulseLoop::Open}});
}

/// Keys of the laws that give a state at a time.
template <class Visitor>
void describe_state_laws(Visitor& v, ProgrammingSpec& s) {
  v.used_by({"table_in_time", "sonos"}, [&](auto& m) {
    m.list("times_s", s.times_s, "s", "times of the rows, ascending", 0.0, 1e10, 32);
  });
  v.used_by({"table_in_time"}, [&](auto& m) {
    m.list("rows_us", s.rows_us, "uS", "row after row, sigma: coefficients of 1, r, r^2, …", -1e3, 1e3, 256);
  });
  v.used_by({"sonos"}, [&](auto& m) {
    m.list("amplitude_na", s.amplitude_na, "nA", "A of sigma = A (1 - exp(-I/B)) at each time", 0.0, 1e6, 32);
    m.list("saturation_na", s.saturation_na, "nA", "B at each time", 1e-3, 1e9, 32);
    m.list("shift_na", s.shift_na, "nA", "row after row, shift of the mean: coefficients of 1, I, I^2, …",
           -1e6, 1e6, 512);
    m.field("v_read_v", s.v_read_v, "V", "read voltage: I = g V", 1e-3, 10.0);
    m.field("i_max_na", s.i_max_na, "nA", "largest current the fit holds for at time 0", 1.0, 1e6);
    m.field("i_max_aged_na", s.i_max_aged_na, "nA", "the same at later times", 1.0, 1e6);
  });
  v.used_by({"csv"}, [&](auto& m) {
    m.text("file", s.file, "CSV file: target_us,time_s,mean_us,sigma_us,nu on a full grid");
  });
}

template <class Visitor>
void describe(Visitor& v, ProgrammingSpec& s) {
  v.choice("law", s.law, "how the programmed conductance misses its target",
           {{"none", ProgrammingLaw::None},
            {"polynomial", ProgrammingLaw::Polynomial},
            {"linear", ProgrammingLaw::Linear},
            {"generic", ProgrammingLaw::Generic},
            {"write_verify", ProgrammingLaw::WriteVerify},
            {"pulses", ProgrammingLaw::Pulses},
            {"table_in_time", ProgrammingLaw::TableInTime},
            {"sonos", ProgrammingLaw::Sonos},
            {"csv", ProgrammingLaw::Csv}});
  v.used_by({"polynomial"}, [&](auto& m) {
    m.list("sigma_us", s.sigma_us, "uS", "sigma: coefficients of 1, r, r^2, …", -1e3, 1e3, 5);
  });
  v.used_by({"polynomial", "table_in_time"}, [&](auto& m) {
    m.field("reference_g_max_us", s.reference_g_max_us, "uS", "g_max at which the sigma was fitted", 0.1,
            1e3);
  });
  v.used_by({"linear"}, [&](auto& m) {
    m.field("offset_us", s.offset_us, "uS", "sigma at 0 uS", -100.0, 100.0);
    m.field("slope", s.slope, "1", "sigma: factor of g", -10.0, 10.0);
  });
  v.used_by({"generic"}, [&](auto& m) {
    m.choice("distribution", s.distribution, "of the error; uniform: of width `magnitude`, centred",
             {{"normal", Distribution::Normal}, {"uniform", Distribution::Uniform}});
    m.choice("dependence", s.dependence, "error at r = g/g_max: m, m r, or m / r",
             {{"independent", Dependence::Independent},
              {"proportional", Dependence::Proportional},
              {"inverse", Dependence::Inverse}});
    m.field("magnitude", s.magnitude, "1", "m, in units of g_max", 0.0, 10.0);
  });
  describe_state_laws(v, s);
  v.used_by({"write_verify"}, [&](auto& m) { describe(m, s.write_verify); });
  v.used_by({"pulses"}, [&](auto& m) { describe(m, s.pulses); });
  v.used_by({"write_verify", "pulses"}, [&](auto& m) {
    m.field("pulse_ns", s.pulse_ns, "ns", "time of a programming pulse (default: estimate)", 0.0, 1e9);
    m.field("pulse_pj", s.pulse_pj, "pJ", "energy of a programming pulse (default: estimate)", 0.0, 1e9);
  });
  v.used_by({"write_verify"}, [&](auto& m) {
    m.field("verify_ns", s.verify_ns, "ns", "time of a verify read (default: estimate)", 0.0, 1e9);
    m.field("verify_pj", s.verify_pj, "pJ", "energy of a verify read (default: estimate)", 0.0, 1e9);
  });
}

}  // namespace mimosa
