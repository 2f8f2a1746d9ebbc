// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>

#include "models/device/cell_range.hpp"
#include "models/device/piecewise.hpp"

// What becomes of a programmed conductance with time t in s from the end of programming.
namespace mimosa {

enum class AgeingLaw { None, Power, LogRelaxation, Retention };
enum class RetentionDirection { Random, ToTarget };

struct AgeingSpec {
  AgeingLaw law = AgeingLaw::None;
  double t0_s = 20.0;
  PiecewiseFit nu_mean = {2.0, -0.0155, 0.0244, 0.049, 0.100, {}};
  PiecewiseFit nu_std = {2.0, -0.0125, -0.0059, 0.008, 0.045, {}};
  double mean_slope_us = 0.0, sigma_slope_us = 0.0, sigma_offset_us = 0.0;
  double exponent = 0.0, attractor_us = 0.0;
  RetentionDirection direction = RetentionDirection::Random;
};

template <class Visitor>
void describe(Visitor& v, AgeingSpec& s) {
  v.choice("law", s.law, "what becomes of a conductance with time",
           {{"none", AgeingLaw::None},
            {"power", AgeingLaw::Power},
            {"log_relaxation", AgeingLaw::LogRelaxation},
            {"retention", AgeingLaw::Retention}});
  v.used_by({"power", "retention"},
            [&](auto& m) { m.field("t0_s", s.t0_s, "s", "reference time after programming", 1e-12, 1e6); });
  v.used_by({"power"}, [&](auto& m) {
    m.section("nu_mean", "mean of the drift exponent over r", [&](auto& n) { describe(n, s.nu_mean); });
    m.section("nu_std", "spread of the drift exponent over r", [&](auto& n) { describe(n, s.nu_std); });
  });
  v.used_by({"log_relaxation"}, [&](auto& m) {
    m.field("mean_slope_us", s.mean_slope_us, "uS", "mean shift: factor of ln t", -100.0, 100.0);
    m.field("sigma_slope_us", s.sigma_slope_us, "uS", "sigma: factor of ln t", -100.0, 100.0);
    m.field("sigma_offset_us", s.sigma_offset_us, "uS", "sigma at 1 s", -100.0, 100.0);
  });
  v.used_by({"retention"}, [&](auto& m) {
    m.field("exponent", s.exponent, "1", "v of G = G0 (t/t0)^(v s)", 0.0, 1.0);
    m.choice("direction", s.direction, "sign s of a device: -1, 0 or 1 at random, or towards attractor_us",
             {{"random", RetentionDirection::Random}, {"to_target", RetentionDirection::ToTarget}});
    m.field("attractor_us", s.attractor_us, "uS", "direction to_target: what a device moves to", 0.0, 1e4);
  });
}

/// ((t + t0) / t0)^−nu
[[nodiscard]] double drift_factor(double nu, double t_s, double t0_s);

/// Ages rows of devices to one time. xi: normals of the devices, the same at every time (none, power,
/// log_relaxation), or uniforms (retention). `scale`: 0 no ageing, 1 as published.
///   power           nu = |mean(r) + std(r) · xi| · scale with r of the target; g = programmed · ((t + t0) /
///                   t0)^−nu. aihwkit noise/pcm.py, hermes.py.
///   log_relaxation  g = programmed + scale · (a ln t + max(0, b ln t + c) · xi) for t > 0. aihwkit
///                   ReRamCMONoiseModel (Falcone, arXiv 2502.04524).
///   retention       g = programmed · max(1, t/t0)^(v s · scale), s = −1, 0, 1 with equal chances, or towards
///                   the attractor without passing it. NeuroSim's law (wage_quantizer.py: Retention), with t
///                   in units of t0 so that it starts at 1.
class Ageing {
 public:
  Ageing(const AgeingSpec& spec, const CellRange& range, double t_s, double scale);

  /// Whether anything changes; the draws may be left out where not.
  [[nodiscard]] bool acts() const { return acts_; }
  [[nodiscard]] bool wants_uniforms() const { return spec_.law == AgeingLaw::Retention; }
  void age(std::span<const double> targets_us, std::span<const double> programmed_us,
           std::span<const float> xi, std::span<double> now_us) const;
  /// The power law's exponent.
  [[nodiscard]] double exponent(double target_us, double xi) const;

 private:
  [[nodiscard]] double relaxed(double programmed_us, double xi) const;
  [[nodiscard]] double retained(double programmed_us, double u) const;

  AgeingSpec spec_;
  CellRange range_;
  double scale_, log_age_ = 0.0;
  double shift_us_ = 0.0, spread_us_ = 0.0;        ///< log_relaxation
  double idle_nu_mean_ = 0.0, idle_nu_std_ = 0.0;  ///< power, of a device programmed to g_min
  bool acts_ = false;
};

}  // namespace mimosa
