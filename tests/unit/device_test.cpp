// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <functional>
#include <limits>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/device/device_spec.hpp"
#include "models/device/programming.hpp"
#include "tests/support/devices.hpp"

namespace mimosa {
namespace {

const DeviceSpec pcm = pcm_device();

double aged(const AgeingSpec& spec, double programmed_us, double t_s, float xi, const CellRange& range = {},
            double scale = 1.0) {
  double now = 0.0;
  Ageing(spec, range, t_s, scale).age({&programmed_us, 1}, {&programmed_us, 1}, {&xi, 1}, {&now, 1});
  return now;
}

}  // namespace

TEST_CASE("programming noise scales with g_max at equal relative conductance", "[device]") {
  for (const double r : {0.0, 0.1, 0.5, 1.0})
    CHECK(programming_sigma(pcm.programming, {0.0, 50.0}, 50.0 * r) ==
          Approx(2.0 * programming_sigma(pcm.programming, {0.0, 25.0}, 25.0 * r)).epsilon(1e-14));
}

TEST_CASE("a fit that falls below zero gives no programming noise", "[device]") {
  const ProgrammingSpec spec{.law = ProgrammingLaw::Polynomial, .sigma_us = {-1.0, 2.0}};
  CHECK(programming_sigma(spec, {}, 2.5) == 0.0);
  CHECK(programming_sigma(spec, {}, 25.0) == Approx(1.0));
}

TEST_CASE("no error takes a conductance beyond the clamp", "[device]") {
  DeviceSpec device = pcm;
  CHECK(device.range().clamp(-0.1) == 0.0);
  CHECK(device.range().clamp(1e6) == 1e6);
  device.g_min_us = 2.0;
  device.clamp = ConductanceClamp::Range;
  CHECK(device.range().clamp(1.0) == 2.0);
  CHECK(device.range().clamp(26.0) == 25.0);
}

TEST_CASE("drift exponents are clamped, reflected at zero and scaled", "[device]") {
  const auto exponent = [](double target, double xi, double scale) {
    return Ageing(pcm.ageing, {}, 1.0, scale).exponent(target, xi);
  };
  CHECK(exponent(0.0, 0.0, 1.0) == Approx(0.100));  // ln of the floored r is far beyond the clamp
  CHECK(exponent(25.0, 1.0, 1.0) == Approx(0.057));
  CHECK(exponent(25.0, -10.0, 1.0) == Approx(0.031));
  CHECK(exponent(25.0, 1.0, 0.5) == Approx(0.0285));
}

TEST_CASE("a device with a positive exponent only falls with time", "[device]") {
  double before = 10.0;
  for (const double t : {1.0, 10.0, 1e3, 1e5, 1e7}) {
    const double now = aged(pcm.ageing, 10.0, t, 0.5F);
    CHECK(now < before);
    before = now;
  }
  CHECK_FALSE(Ageing(pcm.ageing, {}, 0.0, 1.0).acts());
  CHECK_FALSE(Ageing(pcm.ageing, {}, 1.0, 0.0).acts());
}

TEST_CASE("retention moves a device up, down or not, with equal chances, and by the power of time",
          "[device]") {
  AgeingSpec spec{.law = AgeingLaw::Retention, .t0_s = 2.0, .exponent = 0.1};
  const double factor = std::pow(50.0, 0.1);
  CHECK(aged(spec, 10.0, 100.0, 0.1F) == Approx(10.0 / factor));
  CHECK(aged(spec, 10.0, 100.0, 0.5F) == 10.0);
  CHECK(aged(spec, 10.0, 100.0, 0.9F) == Approx(10.0 * factor));
  CHECK(aged(spec, 10.0, 1.0, 0.9F) == 10.0);  // before t0: no 0^v
  spec.direction = RetentionDirection::ToTarget;
  spec.attractor_us = 12.0;
  CHECK(aged(spec, 20.0, 100.0, 0.5F) == Approx(20.0 / factor));
  CHECK(aged(spec, 13.0, 100.0, 0.5F) == 12.0);
  CHECK(aged(spec, 11.0, 100.0, 0.5F) == 12.0);
}

TEST_CASE("relaxation is zero at time zero and has no negative spread", "[device]") {
  const AgeingSpec spec{
      .law = AgeingLaw::LogRelaxation, .mean_slope_us = -0.1, .sigma_slope_us = 0.1, .sigma_offset_us = 0.2};
  CHECK_FALSE(Ageing(spec, {}, 0.0, 1.0).acts());
  CHECK(aged(spec, 10.0, 1e-3, 1.0F) == Approx(10.0 - 0.1 * std::log(1e-3)));
  CHECK(aged(spec, 10.0, std::exp(1.0), 2.0F) == Approx(10.0 - 0.1 + 2.0 * 0.3));
}

TEST_CASE("the strength of the 1/f noise saturates at low conductance", "[device]") {
  const LowFrequencySpec& spec = pcm.low_frequency;
  CHECK(relative_strength(spec, 0.0) == 0.2);
  CHECK(relative_strength(spec, 1e-9) == 0.2);
  CHECK(relative_strength(spec, 1.0) == Approx(0.0088));
  CHECK(relative_strength(spec, 0.1) == Approx(0.0088 * std::pow(10.0, 0.65)));
  // The shortcut below saturation gives the same numbers.
  const LowFrequency noise(spec, {}, 1e4, 0.0, 1.0);
  for (double g = 1e-3; g < 25.0; g *= 1.07) {
    const float xi = 1.0F;
    double now = g;
    noise.add({&g, 1}, {&xi, 1}, {&now, 1});
    CHECK(now ==
          std::max(0.0, g + bandwidth_factor(spec, 1e4) * relative_strength(spec, g / 25.0) * g * 1.0));
  }
}

TEST_CASE("white noise follows its law", "[device]") {
  const CellRange range{2.0, 50.0};
  CHECK(white_sigma({.law = WhiteLaw::None}, range, 10.0) == 0.0);
  CHECK(white_sigma({.law = WhiteLaw::SqrtWeight, .weight_sigma = 0.02}, range, 12.5) == Approx(0.02 * 25.0));
  CHECK(white_sigma({.law = WhiteLaw::Polynomial, .sigma_us = {1.0, -0.05}}, range, 10.0) == Approx(0.5));
  CHECK(white_sigma({.law = WhiteLaw::Polynomial, .sigma_us = {1.0, -0.05}}, range, 30.0) == 0.0);
  CHECK(white_sigma({.law = WhiteLaw::Additive, .magnitude = 0.01}, range, 3.0) == Approx(0.5));
  WhiteSpec generic{.law = WhiteLaw::Generic, .dependence = Dependence::Inverse, .magnitude = 0.01};
  CHECK(white_sigma(generic, range, 10.0) == Approx(2.5));
  CHECK(white_sigma(generic, range, 0.0) == Approx(12.5));  // as at g_min
  generic.dependence = Dependence::Proportional;
  CHECK(white_sigma(generic, range, 10.0) == Approx(0.1));
  const double g = 12.5;
  double variance = 0.0;
  white_variances({.law = WhiteLaw::SqrtWeight, .weight_sigma = 0.02}, range, 3.0, {&g, 1}, {&variance, 1});
  CHECK(variance == Approx(9.0 * 0.25));
}

TEST_CASE("the default laws do nothing and pass every rule", "[device]") {
  CHECK_NOTHROW(check(DeviceSpec{}));
}

TEST_CASE("what contradicts itself in a device is refused with value, limit and key", "[device][error]") {
  struct Bad {
    std::function<void(DeviceSpec&)> change;
    const char* message;
  };
  const auto bad = GENERATE(values<Bad>({
      {[](DeviceSpec& d) { d.g_min_us = 30.0; },
       "device.g_min_us: 30 is not below device.g_max_us; below 25 is allowed"},
      {[](DeviceSpec& d) { d.levels = 1; },
       "device.levels: 1 level holds no weight; 0 (any conductance) or 2 and more is allowed"},
      {[](DeviceSpec& d) { d.ageing.nu_mean.min = 0.2; },
       "device.ageing.nu_mean.min: 0.2 is above device.ageing.nu_mean.max; at most 0.1 is allowed"},
      {[](DeviceSpec& d) { d.ageing.nu_std.max = 0.001; },
       "device.ageing.nu_std.min: 0.008 is above device.ageing.nu_std.max; at most 0.001 is allowed"},
      {[](DeviceSpec& d) { d.ageing.nu_std.knot = 0.5; },
       "device.ageing.nu_std.above: is empty, but the fit changes at r = 0.5; give coefficients, or a knot "
       "above 1"},
      {[](DeviceSpec& d) { d.low_frequency.t_read_ns = 1e9, d.low_frequency.t0_s = 0.5; },
       "device.low_frequency.t_read_ns: 1000000000 ns is longer than device.low_frequency.t0_s; at most "
       "500000000 is "
       "allowed"},
      {[](DeviceSpec& d) { d.g_min_us = 1.0, d.telegraph.law = TelegraphLaw::TwoState; },
       "device.telegraph.law: the 1/f noise of device.low_frequency holds the telegraph noise already; one "
       "of the two "
       "is allowed"},
      {[](DeviceSpec& d) {
         d.low_frequency.law = LowFrequencyLaw::None, d.telegraph.law = TelegraphLaw::TwoState;
       },
       "device.telegraph.law: two_state needs a finite high resistance; device.g_min_us is 0, above 0 is "
       "allowed"},
      {[](DeviceSpec& d) { d.programming.sigma_us.clear(); },
       "device.programming.sigma_us: is empty; 1 to 5 coefficients are allowed"},
      {[](DeviceSpec& d) { d.white = {.law = WhiteLaw::Generic, .dependence = Dependence::Inverse}; },
       "device.white.dependence: inverse has no value at 0 uS; device.g_min_us is 0, above 0 is allowed"},
      {[](DeviceSpec& d) { d.faults = {.law = FaultLaw::Shares, .stuck_on = 0.7, .stuck_off = 0.5}; },
       "device.faults.stuck_on: stuck_on + stuck_off, scaled, make 1.2; at most 1 is allowed"},
      {[](DeviceSpec& d) { d.faults = {.law = FaultLaw::Map}; },
       "device.faults.map: is empty; a .npy file is needed"},
      {[](DeviceSpec& d) { d.read_disturb = {.law = ReadDisturbLaw::Power, .n_cycles = 2e6}; },
       "device.read_disturb.n_cycles: 2000000 cycles are beyond the law, which ends where 0.003 N^0.41 = 1; "
       "at most "
       "1.4e6 is allowed"},
      {[](DeviceSpec& d) {
         d.programming = {.law = ProgrammingLaw::TableInTime, .times_s = {1, 2}, .rows_us = {1, 2}};
       },
       "device.ageing.law: device.programming.law already holds the change with time; none is allowed"},
      {[](DeviceSpec& d) {
         d.ageing.law = AgeingLaw::None, d.time_s = 3.0;
         d.programming = {.law = ProgrammingLaw::TableInTime, .times_s = {1, 2}, .rows_us = {1, 2}};
       },
       "device.time_s: 3 s is outside what device.programming measured; 1 .. 2 s is allowed"},
      {[](DeviceSpec& d) {
         d.ageing.law = AgeingLaw::None;
         d.programming = {.law = ProgrammingLaw::TableInTime, .times_s = {2, 1}, .rows_us = {1, 2}};
       },
       "device.programming.times_s: does not ascend; every time must be above the one before"},
      {[](DeviceSpec& d) {
         d.ageing.law = AgeingLaw::None;
         d.programming = {.law = ProgrammingLaw::TableInTime, .times_s = {1, 2}, .rows_us = {1, 2, 3}};
       },
       "device.programming.rows_us: holds 3 numbers for the 2 times of device.programming.times_s; a "
       "multiple, row "
       "after row is allowed"},
      {[](DeviceSpec& d) { d.programming = {.law = ProgrammingLaw::Csv}; },
       "device.programming.file: is empty; a CSV file is needed"},
  }));
  DeviceSpec device = pcm;
  bad.change(device);
  CHECK_THROWS_WITH(check(device), bad.message);
  CHECK_THROWS_AS(check(device), UserError);
}

}  // namespace mimosa
