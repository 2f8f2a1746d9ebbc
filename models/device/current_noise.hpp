// SPDX-License-Identifier: Apache-2.0
#pragma once

// Noise of a current that no cell can be without: of heat and of single charges.
namespace mimosa {

enum class CurrentNoiseLaw { None, ThermalShot };

struct CurrentNoiseSpec {
  CurrentNoiseLaw law = CurrentNoiseLaw::None;
  double v_read_v = 0.2, integration_ns = 128.0;
};

template <class Visitor>
void describe(Visitor& v, CurrentNoiseSpec& s) {
  v.choice("law", s.law, "thermal and shot noise of a column's current, new in every read",
           {{"none", CurrentNoiseLaw::None}, {"thermal_shot", CurrentNoiseLaw::ThermalShot}});
  v.used_by({"thermal_shot"}, [&](auto& m) {
    m.field("v_read_v", s.v_read_v, "V", "voltage of a full input", 1e-3, 10.0);
    m.field("integration_ns", s.integration_ns, "ns", "time over which one read averages the current", 1e-3,
            1e9);
  });
}

/// Noise bandwidth in Hz of a current that is averaged over a time in s: 1/(2T).
[[nodiscard]] double integration_bandwidth(double time_s);
/// Root mean square thermal (Johnson) current in A of a conductance in S over a bandwidth in Hz: √(4kTGB).
[[nodiscard]] double johnson_current(double conductance, double bandwidth, double kelvin);
/// Root mean square shot current in A of a current in A over a bandwidth in Hz: √(2qIB).
[[nodiscard]] double shot_current(double current, double bandwidth);

/// Scales of the standard deviations; 1 is the formula.
struct CurrentNoiseScales {
  double thermal = 1.0, shot = 1.0;
};

/// Variance of a column's sum Σ g·x, g over g_max and x over a full input: thermal · Σ g + shot · Σ g |x|,
/// over all its cells, both polarities of pairs. By voltage and by pulse width alike: a pulse of share |x|
/// carries that share of the charge. Of cells that bend, as if they did not.
struct CurrentNoiseFactors {
  double thermal = 0.0, shot = 0.0;
};
[[nodiscard]] CurrentNoiseFactors current_noise_factors(const CurrentNoiseSpec& spec, double g_max_us,
                                                        double temperature_k,
                                                        const CurrentNoiseScales& scales);

}  // namespace mimosa
