// SPDX-License-Identifier: Apache-2.0
#include "models/device/environment.hpp"

#include <cmath>

#include "models/base/portable_math.hpp"
#include "models/device/polynomial.hpp"

namespace mimosa {

namespace {

constexpr double boltzmann_ev_per_k = 8.617333262e-5;  // CODATA 2018

}  // namespace

double read_disturb_exponent(const ReadDisturbSpec& spec, double temperature_k) {
  return 0.0068 * portable_exp(0.11 * std::fabs(spec.v_read_v) / (boltzmann_ev_per_k * temperature_k));
}

double read_disturb_time_s(const ReadDisturbSpec& spec, double temperature_k) {
  const double worn = spec.n_cycles > 0.0 ? 0.003 * portable_pow(spec.n_cycles, 0.41) : 0.0;
  if (worn >= 1.0) return 0.0;
  const double p = read_disturb_exponent(spec, temperature_k);
  return 1.55e-8 * portable_pow(1.43339 * (1.0 - worn), 1.0 / p);
}

double read_disturb_factor(const ReadDisturbSpec& spec, double temperature_k, double scale) {
  if (spec.law == ReadDisturbLaw::None || scale <= 0.0) return 1.0;
  const double read_s = spec.n_reads * spec.t_read_ns * 1e-9;
  const double transition_s = read_disturb_time_s(spec, temperature_k);
  if (read_s <= transition_s || transition_s == 0.0) return 1.0;
  return portable_pow(read_s / transition_s, -scale * read_disturb_exponent(spec, temperature_k));
}

double temperature_factor(const TemperatureSpec& spec, double temperature_k, double r, double scale) {
  if (spec.activation_ev.empty() || temperature_k == spec.reference_k) return 1.0;
  const double ea = scale * polynomial(spec.activation_ev, r);
  return portable_exp(-ea / boltzmann_ev_per_k * (1.0 / temperature_k - 1.0 / spec.reference_k));
}

}  // namespace mimosa
