// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "models/device/cell_range.hpp"

// What reading and temperature do to a conductance; both off by default.
namespace mimosa {

enum class ReadDisturbLaw { None, Power };

struct ReadDisturbSpec {
  ReadDisturbLaw law = ReadDisturbLaw::None;
  double n_reads = 0.0, n_cycles = 0.0, v_read_v = 0.2, t_read_ns = 100.0;
};

struct TemperatureSpec {
  std::vector<double> activation_ev = {};
  double reference_k = 300.0;
};

template <class Visitor>
void describe(Visitor& v, ReadDisturbSpec& s) {
  v.choice("law", s.law, "what reads do to a conductance",
           {{"none", ReadDisturbLaw::None}, {"power", ReadDisturbLaw::Power}});
  v.used_by({"power"}, [&](auto& m) {
    m.field("n_reads", s.n_reads, "reads", "reads since programming", 0.0, 1e18);
    m.field("n_cycles", s.n_cycles, "cycles", "write cycles before", 0.0, 1e9);
    m.field("v_read_v", s.v_read_v, "V", "read voltage", 0.0, 5.0);
    m.field("t_read_ns", s.t_read_ns, "ns", "duration of a read", 0.1, 1e9);
  });
}

template <class Visitor>
void describe(Visitor& v, TemperatureSpec& s) {
  v.list("activation_ev", s.activation_ev, "eV",
         "activation energy: coefficients of 1, r, r^2, …; empty: off", -5.0, 5.0, 5);
  v.field("reference_k", s.reference_k, "K", "temperature at which the device was measured", 1.0, 1000.0);
}

/// 0.0068 exp(0.11 |V| / (kT/q)): the exponent of read disturb. analog-cim-sim cpp/src/xbar/read_disturb.cpp
/// (Jiang et al., 9580480).
[[nodiscard]] double read_disturb_exponent(const ReadDisturbSpec& spec, double temperature_k);
/// Time of reading after which the conductance falls: 1.55e-8 s · (1.43339 (1 − 0.003 N^0.41))^(1/p). 0 where
/// the bracket is not positive (N beyond about 1.4e6 cycles; `check` of a device refuses it).
[[nodiscard]] double read_disturb_time_s(const ReadDisturbSpec& spec, double temperature_k);
/// G/G0 after the reads: 1 before that time, then (n t_read / that time)^−p; `scale` multiplies p.
[[nodiscard]] double read_disturb_factor(const ReadDisturbSpec& spec, double temperature_k, double scale);

/// G(T)/G(T0) = exp(−Ea(r)/k (1/T − 1/T0)): a hook for the user's own activation energies; k in eV/K. 1 where
/// none is given; `scale` multiplies Ea.
[[nodiscard]] double temperature_factor(const TemperatureSpec& spec, double temperature_k, double r,
                                        double scale);

}  // namespace mimosa
