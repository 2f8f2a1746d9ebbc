// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/device/pcm.hpp"

using namespace mimosa;

namespace {

DeviceSpec pcm() {
  DeviceSpec spec;
  spec.model = DeviceModel::Pcm;
  return spec;
}

}  // namespace

TEST_CASE("programming noise scales with g_max at equal relative conductance", "[device]") {
  DeviceSpec twice = pcm();
  twice.g_max_us = 50.0;
  for (const double r : {0.0, 0.1, 0.5, 1.0}) {
    CHECK(sigma_prog(twice, 50.0 * r) == Approx(2.0 * sigma_prog(pcm(), 25.0 * r)).epsilon(1e-14));
  }
}

TEST_CASE("a fit that falls below zero gives no programming noise", "[device]") {
  DeviceSpec spec = pcm();
  spec.prog_c0_us = -1.0;
  spec.prog_c1_us = 2.0;
  spec.prog_c2_us = 0.0;
  CHECK(sigma_prog(spec, 2.5) == 0.0);
  CHECK(sigma_prog(spec, 25.0) == Approx(1.0));
}

TEST_CASE("conductances are never negative", "[device]") {
  const DeviceSpec spec = pcm();
  CHECK(programmed_conductance(spec, 0.5, -4.0) == 0.0);
  CHECK(programmed_conductance(spec, 0.0, -1.0) == 0.0);
  CHECK(programmed_conductance(spec, 0.0, 1.0) == Approx(0.26348));
  CHECK(PcmAgeing(spec, 86400.0).conductance(0.25, 0.05, -4.0) == 0.0);
  CHECK(PcmAgeing(spec, 86400.0).conductance(0.0, 0.05, 4.0) == 0.0);
}

TEST_CASE("drift exponents are clamped, reflected at zero and scaled", "[device]") {
  DeviceSpec spec = pcm();
  CHECK(drift_exponent(spec, 0.0, 0.0) == Approx(0.100));  // ln of the floored r is far beyond the clamp
  CHECK(drift_exponent(spec, 25.0, 1.0) == Approx(0.057));
  CHECK(drift_exponent(spec, 25.0, -10.0) == Approx(0.031));
  spec.drift = 0.5;
  CHECK(drift_exponent(spec, 25.0, 1.0) == Approx(0.0285));
}

TEST_CASE("a device with a positive exponent only falls with time", "[device]") {
  DeviceSpec spec = pcm();
  spec.noise_1f = 0.0;
  double before = 10.0;
  for (const double t : {1.0, 10.0, 1e3, 1e5, 1e7}) {
    const double now = PcmAgeing(spec, t).conductance(10.0, 0.03, 2.0);
    CHECK(now < before);
    before = now;
  }
  CHECK(PcmAgeing(spec, 0.0).conductance(10.0, 0.03, 2.0) == 10.0);
}

TEST_CASE("the strength of the 1/f noise saturates at low conductance", "[device]") {
  const DeviceSpec spec = pcm();
  CHECK(q_factor(spec, 0.0) == 0.2);
  CHECK(q_factor(spec, 1e-9) == 0.2);
  CHECK(q_factor(spec, 1.0) == Approx(0.0088));
  CHECK(q_factor(spec, 0.1) == Approx(0.0088 * std::pow(10.0, 0.65)));
}

TEST_CASE("scales of zero leave a device as it was programmed", "[device]") {
  DeviceSpec spec = pcm();
  spec.programming_noise = spec.drift = spec.noise_1f = 0.0;
  const double programmed = programmed_conductance(spec, 7.0, 3.0);
  CHECK(programmed == 7.0);
  CHECK(PcmAgeing(spec, 1e6).conductance(programmed, drift_exponent(spec, 7.0, 1.0), 3.0) == 7.0);
}

TEST_CASE("crossed limits of a device are refused with both keys", "[device][error]") {
  CHECK_NOTHROW(check(DeviceSpec{}));
  DeviceSpec spec = pcm();
  spec.nu_mean_min = 0.2;
  CHECK_THROWS_WITH(check(spec),
                    "device.nu_mean_min: 0.2 is above device.nu_mean_max; at most 0.1 is allowed");
  spec = pcm();
  spec.nu_std_max = 0.001;
  CHECK_THROWS_AS(check(spec), UserError);
}

TEST_CASE("a read pulse longer than the reference time is refused", "[device][error]") {
  DeviceSpec spec = pcm();
  spec.t_read_ns = 1e9;
  CHECK_NOTHROW(check(spec));
  spec.t0_s = 0.5;
  CHECK_THROWS_WITH(check(spec),
                    "device.t_read_ns: 1e+09 is longer than device.t0_s; at most 5e+08 is allowed");
}
