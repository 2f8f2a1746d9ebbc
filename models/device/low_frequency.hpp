// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>

#include "models/device/cell_range.hpp"
#include "models/device/piecewise.hpp"

// 1/f noise, telegraph noise of the cells included, as one frozen sample a device and chip.
namespace mimosa {

enum class LowFrequencyLaw { None, PowerQ, PiecewiseQ, Cmo };
/// Frozen: one sample a device for a run. Three: what is slower than a run frozen, what is slower than a pass
/// redrawn every pass, the rest redrawn every MVM.
enum class NoiseBands { Frozen, Three };

struct LowFrequencySpec {
  LowFrequencyLaw law = LowFrequencyLaw::None;
  double t0_s = 20.0, t_read_ns = 250.0;
  double q_factor = 0.0088, q_exponent = 0.65, q_max = 0.2;
  PiecewiseFit q = {};
  double amplitude_us = 0.0;
  NoiseBands bands = NoiseBands::Frozen;
  double run_s = 1.0;
};

template <class Visitor>
void describe(Visitor& v, LowFrequencySpec& s) {
  v.choice("law", s.law, "1/f noise, one frozen sample a device",
           {{"none", LowFrequencyLaw::None},
            {"power_q", LowFrequencyLaw::PowerQ},
            {"piecewise_q", LowFrequencyLaw::PiecewiseQ},
            {"cmo", LowFrequencyLaw::Cmo}});
  v.used_by({"power_q", "piecewise_q", "cmo"}, [&](auto& m) {
    m.field("t0_s", s.t0_s, "s", "from the last write pulse to the end of programming", 0.0, 1e6);
    m.field("t_read_ns", s.t_read_ns, "ns", "duration of a read pulse", 1.0, 1e9);
    m.choice("bands", s.bands, "all of it frozen for a run, or frozen, redrawn every pass and every MVM",
             {{"frozen", NoiseBands::Frozen}, {"three", NoiseBands::Three}});
    m.field("run_s", s.run_s, "s", "bands three: what is slower than this is frozen", 1e-9, 1e9);
  });
  v.used_by({"power_q"}, [&](auto& m) {
    m.field("q_factor", s.q_factor, "1", "Q at r = 1", 0.0, 1.0);
    m.field("q_exponent", s.q_exponent, "1", "Q falls with r to this power", 0.0, 4.0);
    m.field("q_max", s.q_max, "1", "upper clamp of Q", 0.0, 10.0);
  });
  v.used_by({"piecewise_q"},
            [&](auto& m) { m.section("q", "Q over r", [&](auto& n) { describe(n, s.q); }); });
  v.used_by({"cmo"}, [&](auto& m) {
    m.field("amplitude_us", s.amplitude_us, "uS", "sigma at 10 uS for K = 1", 0.0, 100.0);
  });
}

/// K(t) = sqrt(ln((t + t0 + t_read) / (2 t_read))), 0 where that is no number: S_G/G² = Q/f integrated from
/// the elapsed time to the read pulse. With t0 > 0 it does not vanish at t = 0.
[[nodiscard]] double bandwidth_factor(const LowFrequencySpec& spec, double t_s);

/// K² = ln(f_high/f_low) of the spectrum between the elapsed time and the read pulse, cut where the mean over
/// a pass, and over a run, of a cell's trajectory has the variance of what is slower: at 1/(2.497 pass) and
/// 1/(2.497 run). The three parts sum to K². Edges outside the spectrum leave a band empty.
struct BandFactors {
  double frozen = 0.0, pass = 0.0, mvm = 0.0;  ///< K of each band
};
[[nodiscard]] BandFactors band_factors(const LowFrequencySpec& spec, double t_s, double pass_s);

/// Q at the programmed r (power_q, piecewise_q).
///   power_q      min(q_factor / max(r^q_exponent, 1e-3), q_max). aihwkit noise/pcm.py.
///   piecewise_q  aihwkit noise/hermes.py.
[[nodiscard]] double relative_strength(const LowFrequencySpec& spec, double r);

/// Adds the frozen sample at one time: g ← g + scale · sigma · xi, clamped, and gives the sigmas of the other
/// bands.
///   power_q, piecewise_q   sigma = g · Q(programmed/g_max) · K(t)
///   cmo                    sigma = a · max(0, log10 g) · K(t). aihwkit ReRamCMONoiseModel.
class LowFrequency {
 public:
  /// `pass_s`: from one pass to the next, for bands three.
  LowFrequency(const LowFrequencySpec& spec, const CellRange& range, double t_s, double pass_s, double scale);
  [[nodiscard]] bool acts() const { return spec_.law != LowFrequencyLaw::None && scale_ > 0.0; }
  [[nodiscard]] bool varies() const { return acts() && spec_.bands == NoiseBands::Three; }
  void add(std::span<const double> programmed_us, std::span<const float> xi, std::span<double> now_us) const;
  /// Before `add`: standard deviations in uS of the noise redrawn every pass, variances of that of every MVM.
  void other_bands(std::span<const double> programmed_us, std::span<const double> now_us,
                   std::span<double> pass_sigma_us, std::span<double> mvm_variance_us2) const;

 private:
  /// Standard deviation in uS for a scaled K.
  [[nodiscard]] double sigma(double k, double programmed_us, double g_us) const;

  LowFrequencySpec spec_;
  CellRange range_;
  double scale_;
  BandFactors bands_;
  double noise_;              ///< scale · K of the frozen band
  double saturated_r_ = 0.0;  ///< below it Q = q_max
};

}  // namespace mimosa
