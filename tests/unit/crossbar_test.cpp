// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/arrays.hpp"
#include "tests/support/pcm_reference.hpp"

using namespace mimosa;

TEST_CASE("a pair's weight follows from its address by the device's formulas", "[crossbar]") {
  const DeviceSpec spec = pcm_device();
  const std::size_t rows = 5, cols = 3;
  const auto weights = some_weights(rows * cols);
  const ArraySite site{
      .seed = 3, .chip = 2, .layer = "conv1", .replica = 4, .row0 = 10, .col0 = 6, .layer_cols = 20};
  const Array<double> array(WeightBlock<double>{doubles(weights), rows, cols, cols}, spec, {}, site);
  const PcmReference reference{spec.time_s};
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < cols; ++c) {
      double g[2];
      for (const std::uint32_t part : {0U, 1U}) {
        const auto xi = [&](Effect effect) {
          float value = 0.0F;
          normals(random_key({3, 2, "conv1", 4, part}, effect), 0, 0,
                  static_cast<std::uint32_t>((10 + r) * 20 + 6 + c), {&value, 1});
          return static_cast<double>(value);
        };
        const double sign = part == 0 ? 1.0 : -1.0;
        const double target = 25.0 * std::max(0.0, sign * static_cast<double>(weights[r * cols + c]));
        g[part] =
            reference.now(PcmReference::programmed(target, xi(Effect::Programming)),
                          PcmReference::exponent(target, xi(Effect::DriftExponent)), xi(Effect::FrozenNoise));
      }
      CHECK(array.weight(r, c) == Approx((g[0] - g[1]) / 25.0).epsilon(1e-12));
      CHECK(array.variance(r, c) == Approx(0.0175 * 0.0175 * (g[0] + g[1]) / 25.0).epsilon(1e-12));
    }
  }
}

TEST_CASE("splitting a layer over arrays leaves every device as it was", "[crossbar]") {
  const std::size_t rows = 12, cols = 40;
  const auto weights = some_weights(rows * cols);
  const ArraySite whole{.layer = "fc", .layer_cols = 40};
  const Array<float> one(WeightBlock<float>{weights, rows, cols, cols}, pcm_device(), {}, whole);
  for (const int row0 : {0, 7}) {
    for (const int col0 : {0, 33}) {
      const auto r0 = static_cast<std::size_t>(row0), c0 = static_cast<std::size_t>(col0);
      ArraySite site = whole;
      site.row0 = row0, site.col0 = col0;
      const Array<float> block(
          WeightBlock<float>{std::span<const float>(weights).subspan(r0 * cols + c0),
                             std::size_t{row0 == 0 ? 7U : 5U}, std::size_t{col0 == 0 ? 33U : 7U}, cols},
          pcm_device(), {}, site);
      for (std::size_t r = 0; r < block.rows(); ++r) {
        for (std::size_t c = 0; c < block.cols(); ++c) {
          REQUIRE(block.weight(r, c) == one.weight(r0 + r, c0 + c));
          REQUIRE(block.variance(r, c) == one.variance(r0 + r, c0 + c));
        }
      }
    }
  }
}

TEST_CASE("seed, chip, layer and replica give devices of their own", "[crossbar]") {
  const auto weights = some_weights(64);
  const auto of = [&](const ArraySite& site) {
    return weights_and_variances(Array<float>(WeightBlock<float>{weights, 8, 8, 8}, pcm_device(), {}, site));
  };
  const auto base = of({.layer = "a"});
  CHECK(same_bytes(base, of({.layer = "a"})));
  for (const ArraySite& other :
       {ArraySite{.seed = 2, .layer = "a"}, ArraySite{.chip = 1, .layer = "a"}, ArraySite{.layer = "b"},
        ArraySite{.layer = "a", .replica = 1}, ArraySite{.layer = "a", .row0 = 8, .layer_cols = 8}}) {
    CHECK_FALSE(same_bytes(base, of(other)));
  }
}

TEST_CASE("no cell leaves the range of a device that is clamped to it", "[crossbar]") {
  DeviceSpec device;
  device.g_min_us = 5.0;
  device.programming = {
      .law = ProgrammingLaw::Generic, .dependence = Dependence::Independent, .magnitude = 0.1};
  const std::vector<double> weights(200, 1.0);
  for (const ConductanceClamp clamp : {ConductanceClamp::Zero, ConductanceClamp::Range}) {
    device.clamp = clamp;
    const Array<double> array(WeightBlock<double>{weights, 200, 1, 1}, device, {}, {.layer = "clamp"});
    double most = 0.0;
    for (std::size_t r = 0; r < 200; ++r) most = std::max(most, array.weight(r, 0));
    // Of 200 errors of 10 % some raise a cell of g_max and lower one of g_min.
    CHECK((most > 0.8 + 1e-9) == (clamp == ConductanceClamp::Zero));
  }
}

TEST_CASE("drift compensation brings the mean magnitude back and can be off", "[crossbar]") {
  const std::size_t n = 64;
  const auto weights = some_weights(n * n);
  DeviceSpec spec = pcm_device();
  const auto mean = [&](const DeviceSpec& device) {
    const Array<double> array(WeightBlock<double>{doubles(weights), n, n, n}, device, {}, {});
    double sum = 0.0;
    for (std::size_t i = 0; i < n * n; ++i) sum += std::fabs(array.weight(i / n, i % n));
    return sum / static_cast<double>(n * n);
  };
  DeviceSpec fresh = spec;
  fresh.drift = fresh.noise_1f = 0.0;
  const double factor =
      Array<double>(WeightBlock<double>{doubles(weights), n, n, n}, spec, {}, {}).drift_factors()[0];
  CHECK(factor * mean(spec) == Approx(mean(fresh)).epsilon(1e-12));
  CHECK(factor > 1.3);
  spec.drift_compensation = DriftCompensation::Off;
  CHECK(Array<double>(WeightBlock<double>{doubles(weights), n, n, n}, spec, {}, {}).drift_factors()[0] ==
        1.0);
}

TEST_CASE("an array of idle devices is not amplified without bound", "[crossbar]") {
  DeviceSpec spec = pcm_device();
  spec.programming_noise = 0.0;
  const std::vector<float> weights(4, 0.0F);
  CHECK(Array<float>(WeightBlock<float>{weights, 2, 2, 2}, spec, {}, {}).drift_factors()[0] == 1.0);
}

TEST_CASE("a layer with more weights than random numbers is refused", "[crossbar][error]") {
  const std::vector<float> weights(4);
  const ArraySite site{.layer = "huge", .row0 = 70000, .layer_cols = 70000};
  CHECK_THROWS_AS(Array<float>(WeightBlock<float>{weights, 1, 4, 4}, pcm_device(), {}, site), UserError);
}

TEST_CASE("the gap to a clamped read is the mean of a clipped normal", "[crossbar]") {
  DeviceSpec spec = pcm_device();
  spec.programming_noise = spec.noise_1f = spec.drift = 0.0;
  const auto gap = [&](const std::vector<float>& weights) {
    return Array<float>(WeightBlock<float>{weights, 1, weights.size(), weights.size()}, spec, {}, {})
        .clamped_read_gap();
  };
  // By quadrature of max(0, g + σ ξ) − g over the clipped part, g = 1e-4, σ = 0.0175 sqrt(g).
  const double g = 1e-4, sigma = 0.0175 * std::sqrt(g), step = 1e-4;
  double shift = 0.0;
  for (double xi = -12.0; xi < -g / sigma; xi += step) {
    shift -= step * (g + sigma * xi) * std::exp(-0.5 * xi * xi) / std::sqrt(2.0 * std::acos(-1.0));
  }
  CHECK(gap({1e-4F}) == Approx(shift).epsilon(1e-3));
  CHECK(gap({-1e-4F}) == Approx(shift).epsilon(1e-3));
  CHECK(gap({1e-4F, 1.0F, -1.0F, 0.5F}) == Approx(shift / 2.0).epsilon(1e-3));
  CHECK(gap({0.0F}) == 0.0);
  spec.read_noise = 0.0;
  CHECK(gap({1e-4F}) == 0.0);
}
