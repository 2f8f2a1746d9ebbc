// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

#include "models/device/cell_range.hpp"

// Random telegraph noise: a device switches between G0 and G0/(1 + a), leaving the high-conductance state
// after tau_capture on average and the low one after tau_emission. Amplitudes dR/R: Ielmini's NiO data as
// used by Feinberg et al., HPCA 2018: 2.8 % in the low-resistance state, 50 % in the high one.
namespace mimosa {

enum class TelegraphLaw { None, TwoState };

struct TelegraphSpec {
  TelegraphLaw law = TelegraphLaw::None;
  double step_low_r = 0.028, step_high_r = 0.50;  ///< dR/R at g_max and at g_min
  double tau_min_s = 1e-6, tau_max_s = 1.0;
};

template <class Visitor>
void describe(Visitor& v, TelegraphSpec& s) {
  v.choice("law", s.law, "random telegraph noise",
           {{"none", TelegraphLaw::None}, {"two_state", TelegraphLaw::TwoState}});
  v.used_by({"two_state"}, [&](auto& m) {
    m.field("step_low_r", s.step_low_r, "1", "relative resistance step of a device at g_max", 0.0, 100.0);
    m.field("step_high_r", s.step_high_r, "1", "relative resistance step of a device at g_min", 0.0, 100.0);
    m.field("tau_min_s", s.tau_min_s, "s", "shortest mean time in a state", 1e-12, 1e6);
    m.field("tau_max_s", s.tau_max_s, "s", "longest mean time in a state; log-uniform between", 1e-12, 1e6);
  });
}

/// a at conductance g: between the two steps linear in ln R, the ends' beyond g_min … g_max; g_min > 0.
[[nodiscard]] double telegraph_step(const TelegraphSpec& spec, const CellRange& range, double g_us);
/// tau_min · (tau_max/tau_min)^u
[[nodiscard]] double telegraph_tau(const TelegraphSpec& spec, double u);

/// A share in units of 2^-16, rounded up: what telegraph processes resolve.
[[nodiscard]] std::uint32_t telegraph_share(double share);

/// True where the device numbered `index` of the family of `key` is in its high-conductance state at t ≥ 0,
/// in units of the mean time between its Poisson events, at each of which it takes the high state with
/// probability `high_share` whatever it was: a two-state Markov chain with the stationary share and
/// autocorrelation exp(−t), addressed by time instead of stepped through. Shares resolve to 2^−16.
[[nodiscard]] bool telegraph_is_high(std::uint64_t key, std::uint32_t index, double t, double high_share);

/// Devices by their numbers, events per second, and shares in units of 2^-16.
struct TelegraphDevices {
  std::span<const std::uint32_t> index;
  std::span<const float> rate_hz;
  std::span<const std::uint32_t> share;
};
/// The same for many devices at one time: 1 high, 0 low.
void telegraph_states(std::uint64_t key, double time_s, const TelegraphDevices& devices,
                      std::span<std::uint32_t> high);

/// One device's process in its stationary state; p = tau_capture/(tau_capture + tau_emission) is the share of
/// time at G0.
struct TelegraphProcess {
  double g0_us, step, tau_capture_s, tau_emission_s;

  [[nodiscard]] double high_share() const { return tau_capture_s / (tau_capture_s + tau_emission_s); }
  [[nodiscard]] double rate_hz() const { return 1.0 / tau_capture_s + 1.0 / tau_emission_s; }
  /// G0 (1 − (1 − p) a/(1 + a))
  [[nodiscard]] double mean_us() const;
  /// (G0 a/(1 + a))² p (1 − p)
  [[nodiscard]] double variance_us2() const;
  /// exp(−|t| (1/tau_c + 1/tau_e))
  [[nodiscard]] double autocorrelation(double t_s) const;
  /// (1/tau_c + 1/tau_e)/(2π): of the Lorentzian spectrum
  [[nodiscard]] double corner_hz() const;
};

}  // namespace mimosa
