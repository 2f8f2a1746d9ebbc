// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

#include "models/device/cell_range.hpp"
#include "models/device/programming_spec.hpp"

// Incremental devices with linear steps: aihwkit src/aihwkit/simulator/configs/devices.py, LinearStepDevice,
// and presets/devices.py (Tang, IEDM 2018; Kim, IEDM 2019). One pulse up moves w by dw · u(w) · (1 + σ xi), u
// = 1 − γ_up w / w_max; one down by −dw · u(w) · (1 + σ xi), u = 1 − γ_down w / w_min; then w is clipped to
// its bounds. w_min … w_max stand for g_min … g_max.
namespace mimosa {

struct ProgrammingDraws;

/// One device: its own dw, bounds and gammas.
struct PulsedDevice {
  double dw, w_min, w_max, gamma_up, gamma_down;
};

/// dw (1 + s xi0), w_min (1 + s xi1), w_max (1 + s xi2), |γ_up + s xi3|, |γ_down + s xi4|. Steps and bounds
/// that a large draw would turn round are held at a hundredth of nominal.
[[nodiscard]] PulsedDevice pulsed_device(const PulseSpec& spec, std::span<const double, 5> xi);

/// w after `count` pulses, up (or down). Without noise the recursion w ← w + dw u(w) in closed form, u
/// falling by the factor (1 − dw γ/w_max) a pulse; with noise σ a normal `xi` with the exact standard
/// deviation of the product of `count` such factors (its law is normal for one pulse and nearly so for many).
[[nodiscard]] double after_pulses(const PulsedDevice& device, double w, bool up, double count,
                                  double cycle_noise, double xi);

/// Pulses the device needs from w to the target, to the nearest; counts beyond 1e9 (a bound) are 1e9.
[[nodiscard]] double pulses_to(const PulsedDevice& device, double w, double target);

/// Brings a row of cells from their lower bounds to their targets. Open loop: the train the nominal device
/// needs. Closed loop: such trains, each followed by an exact read, until the nearest count is zero, eight at
/// most. `pulses`: how many each took.
void apply_pulses(const PulseSpec& spec, const CellRange& range, std::span<const double> targets_us,
                  const ProgrammingDraws& draws, std::span<double> out_us, std::span<std::uint32_t> pulses);

}  // namespace mimosa
