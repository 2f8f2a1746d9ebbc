// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "models/crossbar/array.hpp"
#include "tests/support/arrays.hpp"
#include "tests/support/moments.hpp"

using namespace mimosa;

namespace {

/// Devices that all drift with the same exponent, and do nothing else.
DeviceSpec drifting(double nu) {
  DeviceSpec device;
  device.ageing.law = AgeingLaw::Power;
  device.ageing.nu_mean = {.min = nu, .max = nu};
  device.ageing.nu_std = {.min = 0.0, .max = 0.0};
  device.drift_readout = DriftReadout::Adc;
  return device;
}

/// aihwkit's t0 of 20 s, a day later: hardware reference, (86420/20)^0.06.
const double day_factor = std::pow(86420.0 / 20.0, 0.06);

Array<double> array_of(const std::vector<float>& weights, std::size_t cols, const DeviceSpec& device,
                       const ArraySpec& spec) {
  return {WeightBlock<double>{doubles(weights), weights.size() / cols, cols, cols}, device, spec, {}};
}

}  // namespace

TEST_CASE("a read-out by a fine converter finds the published factor of a day", "[crossbar][drift]") {
  const std::size_t n = 40;
  ArraySpec spec;
  spec.adc.bits = 24;
  const double factor = array_of(some_weights(n * n), n, drifting(0.06), spec).drift_factors()[0];
  CHECK(factor == Approx(day_factor).epsilon(1e-6));
  CHECK(factor == Approx(1.6524756).epsilon(1e-6));
}

TEST_CASE("a fine read-out without read noise is the exact one for every weight scheme",
          "[crossbar][drift]") {
  const std::size_t n = 24;
  DeviceSpec device = pcm_device();
  device.read_noise = 0.0;
  device.drift_readout_range = 4.0;
  for (const auto compensation : {DriftCompensation::Array, DriftCompensation::Column})
    for (const auto scheme : {WeightScheme::Pair, WeightScheme::Offset})
      for (const int bits : {0, 6}) {
        ArraySpec spec;
        spec.adc.bits = 24;
        spec.weights = {.scheme = scheme, .bits = bits, .cell_bits = bits / 2};
        if (scheme == WeightScheme::Offset) spec.weights.offset = OffsetRemoval::UnitColumn;
        device.drift_compensation = compensation;
        device.drift_readout = DriftReadout::Exact;
        const auto exact = array_of(some_weights(n * n), n, device, spec).drift_factors();
        device.drift_readout = DriftReadout::Adc;
        const auto read = array_of(some_weights(n * n), n, device, spec).drift_factors();
        CAPTURE(static_cast<int>(compensation), static_cast<int>(scheme), bits);
        REQUIRE(read.size() == (compensation == DriftCompensation::Array ? 1 : n));
        for (std::size_t c = 0; c < read.size(); ++c) CHECK(read[c] == Approx(exact[c]).epsilon(1e-5));
      }
}

TEST_CASE("noise and rounding of the read-out's converter spread the factor by their closed form",
          "[crossbar][drift]") {
  // Every cell at half the range: code m before, m / f after. The mean of a column's `rows` codes has the
  // variance (σ² + 1/12) / rows (a normal of σ = 2 steps rounds to a uniform error), so the factor a0 / a
  // has the relative variance of both. Bounds: 5 standard errors over the columns, false alarm below 1e-6.
  const std::size_t rows = 64, cols = 3000;
  ArraySpec spec;
  spec.adc.bits = 8;
  spec.adc.noise_lsb = 2.0;
  DeviceSpec device = drifting(0.06);
  device.drift_compensation = DriftCompensation::Column;
  const auto factors = array_of(std::vector<float>(rows * cols, 0.5F), cols, device, spec).drift_factors();
  const Moments found = moments(factors);
  const double before = 0.5 * 127.0, after = before / day_factor;
  const double variance = (4.0 + 1.0 / 12.0) / static_cast<double>(rows);
  const double relative = std::sqrt(variance / (before * before) + variance / (after * after));
  CHECK(std::fabs(found.std / (day_factor * relative) - 1.0) < 5.0 * found.std_error / found.std);
  // E[1/a] adds the relative variance of a, here 4e-5.
  CHECK(std::fabs(found.mean - day_factor * (1.0 + variance / (after * after))) < 5.0 * found.mean_error);
  device.drift_readout_range = 8.0;  // an eighth of the codes: eight times the spread
  const Moments coarse =
      moments(array_of(std::vector<float>(rows * cols, 0.5F), cols, device, spec).drift_factors());
  CHECK(coarse.std == Approx(8.0 * found.std).epsilon(0.15));
}

TEST_CASE("a scaled converter range gives the codes of cells that have not drifted", "[crossbar][drift]") {
  const std::size_t rows = 32, cols = 16, count = 20;
  for (const auto scheme : {WeightScheme::Pair, WeightScheme::Offset}) {
    ArraySpec spec;
    spec.adc.bits = 12;
    spec.weights.scheme = scheme;
    DeviceSpec device = drifting(0.06);
    device.drift_compensation = DriftCompensation::AdcRange;
    const auto weights = some_weights(rows * cols);
    const Array<double> aged = array_of(weights, cols, device, spec);
    device.drift = 0.0;
    const Array<double> fresh = array_of(weights, cols, device, spec);
    CHECK(aged.drift_factors() == std::vector<double>{1.0});
    const auto codes = some_codes<double>(count * rows, spec);
    const auto now = run(aged, codes, some_ids(count), 20.0), then = run(fresh, codes, some_ids(count), 20.0);
    for (std::size_t i = 0; i < now.size(); ++i) CHECK(std::fabs(now[i] - then[i]) <= 1.5);
    device.drift = 1.0;
    device.drift_compensation = DriftCompensation::Off;
    CHECK_FALSE(now == run(array_of(weights, cols, device, spec), codes, some_ids(count), 20.0));
  }
}

TEST_CASE("compensation by range without an effect of drift changes no code", "[crossbar][drift]") {
  const std::size_t n = 16;
  DeviceSpec device;  // exact cells
  device.drift_compensation = DriftCompensation::AdcRange;
  device.drift_readout = DriftReadout::Adc;
  ArraySpec spec;
  const auto weights = some_weights(n * n);
  const auto codes = some_codes<double>(10 * n, spec);
  const auto with = run(array_of(weights, n, device, spec), codes, some_ids(10), 8.0);
  device.drift_compensation = DriftCompensation::Off;
  CHECK(with == run(array_of(weights, n, device, spec), codes, some_ids(10), 8.0));
}
