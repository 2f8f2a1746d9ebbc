// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <vector>

#include "models/device/cell_range.hpp"
#include "models/device/programming_spec.hpp"

// White read noise: new in every MVM.
namespace mimosa {

enum class WhiteLaw { None, SqrtWeight, Polynomial, Saturating, Generic, Additive };

struct WhiteSpec {
  WhiteLaw law = WhiteLaw::None;
  double weight_sigma = 0.0175;
  std::vector<double> sigma_us = {};
  double amplitude_us = 0.0, saturation_us = 1.0;
  Dependence dependence = Dependence::Proportional;
  double magnitude = 0.01;
};

template <class Visitor>
void describe(Visitor& v, WhiteSpec& s) {
  v.choice("law", s.law, "white noise of every MVM",
           {{"none", WhiteLaw::None},
            {"sqrt_weight", WhiteLaw::SqrtWeight},
            {"polynomial", WhiteLaw::Polynomial},
            {"saturating", WhiteLaw::Saturating},
            {"generic", WhiteLaw::Generic},
            {"additive", WhiteLaw::Additive}});
  v.used_by({"sqrt_weight"}, [&](auto& m) {
    m.field("weight_sigma", s.weight_sigma, "1", "k: sigma of a device at g_max, in units of g_max", 0.0,
            1.0);
  });
  v.used_by({"polynomial"}, [&](auto& m) {
    m.list("sigma_us", s.sigma_us, "uS", "sigma: coefficients of 1, g, g^2, … with g in uS", -1e3, 1e3, 5);
  });
  v.used_by({"saturating"}, [&](auto& m) {
    m.field("amplitude_us", s.amplitude_us, "uS", "A of sigma = A (1 - exp(-g/B))", 0.0, 1e3);
    m.field("saturation_us", s.saturation_us, "uS", "B", 1e-6, 1e6);
  });
  v.used_by({"generic"}, [&](auto& m) {
    m.choice("dependence", s.dependence, "sigma at r = g/g_max: m, m r, or m / r",
             {{"independent", Dependence::Independent},
              {"proportional", Dependence::Proportional},
              {"inverse", Dependence::Inverse}});
  });
  v.used_by({"generic", "additive"},
            [&](auto& m) { m.field("magnitude", s.magnitude, "1", "m, in units of g_max", 0.0, 10.0); });
}

/// Standard deviation in uS of one device's conductance in one MVM at full input.
///   sqrt_weight  k sqrt(g g_max): of a pair, k sqrt(|w|) in units of w. aihwkit
///                rpucuda/rpu_forward_backward_pass.cpp, PCM type (k = w_noise).
///   polynomial   max(0, Σ c_k g^k). Tsinghua XB-Sim, crossbar.h.
///   saturating   A (1 − exp(−g/B)). CrossSim SONOS.py (Agrawal, IEDM 2022).
///   generic      m g_max · {1, r, 1/r}. CrossSim generic_device.py; r at least that of g_min.
///   additive     m g_max, whatever the conductance.
[[nodiscard]] double white_sigma(const WhiteSpec& spec, const CellRange& range, double g_us);

/// (scale · sigma)² of a row of devices.
void white_variances(const WhiteSpec& spec, const CellRange& range, double scale,
                     std::span<const double> g_us, std::span<double> variances_us2);

}  // namespace mimosa
