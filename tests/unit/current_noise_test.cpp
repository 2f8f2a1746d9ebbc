// SPDX-License-Identifier: Apache-2.0
// Thermal and shot noise of columns against their closed forms: variances of currents over g_max · V.
#include "models/device/current_noise.hpp"

#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/cell_arrays.hpp"
#include "tests/support/moments.hpp"

using namespace mimosa;

namespace {

/// Cells with nothing but the noise of their currents.
DeviceSpec noisy(double thermal, double shot) {
  DeviceSpec device;
  device.drift_compensation = DriftCompensation::Off;
  device.current_noise.law = CurrentNoiseLaw::ThermalShot;
  device.thermal_noise = thermal;
  device.shot_noise = shot;
  return device;
}

/// Standard deviation of reads of one column, in units of g_max · V, and its error.
Moments reads(const DeviceSpec& device, const ArraySpec& spec, const std::vector<double>& weights,
              const std::vector<double>& codes, CellPath path = CellPath::WhereNeeded) {
  const Array<double> array(WeightBlock<double>{weights, weights.size(), 1, 1}, device, spec, {.layer = "n"},
                            path);
  return moments(reads_of(array, codes, 20000)[0]);
}

void check_deviation(const Moments& got, double variance) {
  CHECK(std::fabs(got.std - std::sqrt(variance)) < z_limit * got.std_error);
}

}  // namespace

TEST_CASE("one cell has the published thermal and shot noise of a read", "[crossbar][noise]") {
  // 25 uS, 0.2 V, 128 ns, 300 K: 1.272 nA and 2.502 nA of 5 uA; the other cell of the pair is at 0 uS.
  const InputKind input = GENERATE(InputKind::Voltage, InputKind::PulseWidth);
  const ArraySpec spec = fine(input);
  check_deviation(reads(noisy(1.0, 0.0), spec, {1.0}, {127.0}), std::pow(1.272e-3 / 5.0, 2));
  check_deviation(reads(noisy(0.0, 1.0), spec, {1.0}, {127.0}), std::pow(2.502e-3 / 5.0, 2));
  check_deviation(reads(noisy(2.0, 3.0), spec, {1.0}, {127.0}),
                  std::pow(2.0 * 1.272e-3 / 5.0, 2) + std::pow(3.0 * 2.502e-3 / 5.0, 2));
}

TEST_CASE("thermal noise is of all conductances, shot noise of the currents", "[crossbar][noise]") {
  const InputKind input = GENERATE(InputKind::Voltage, InputKind::PulseWidth);
  const CellPath path = GENERATE(CellPath::WhereNeeded, CellPath::Always);
  DeviceSpec device = noisy(1.0, 1.0);
  device.g_min_us = 5.0;
  device.current_noise = {.law = CurrentNoiseLaw::ThermalShot, .v_read_v = 0.1, .integration_ns = 10.0};
  device.temperature_k = 400.0;
  ArraySpec spec = fine(input);
  const CurrentNoiseFactors f = current_noise_factors(device.current_noise, 25.0, 400.0, {});
  CHECK(f.thermal ==
        Approx(4.0 * 1.380649e-23 * 400.0 * 25e-6 / (2.0 * 10e-9) / std::pow(25e-6 * 0.1, 2)).epsilon(1e-12));
  CHECK(f.shot == Approx(2.0 * 1.602176634e-19 / (2.0 * 10e-9) / (25e-6 * 0.1)).epsilon(1e-12));
  // Conductances over g_max: 0.2 + 0.8 |w| and 0.2 of each pair.
  const std::vector<double> w{0.5, -1.0, 0.25}, codes{-40.0, 0.0, 127.0};
  const double all = 0.6 + 0.2 + 1.0 + 0.2 + 0.4 + 0.2, driven = 0.8 * 40.0 / 127.0 + 0.6;
  check_deviation(reads(device, spec, w, codes, path), f.thermal * all + f.shot * driven);
  // Three pairs in parallel carry three times the current: a third of the variance of their mean.
  spec.weights.pairs = 3;
  check_deviation(reads(device, spec, w, codes, path), (f.thermal * all + f.shot * driven) / 3.0);
}

TEST_CASE("serial inputs have the noise of currents in every read", "[crossbar][noise]") {
  const InputKind input = GENERATE(InputKind::Voltage, InputKind::PulseWidth);
  ArraySpec spec = fine(input);
  spec.dac.slice_bits = 3;  // 127 = 1·64 + 7·8 + 7 of digits up to 7
  const DeviceSpec device = noisy(1.0, 1.0);
  const CurrentNoiseFactors f = current_noise_factors(device.current_noise, 25.0, 300.0, {});
  // The digits of 75: 3, 1, 1. A part's full digit is 7 units of codes, and weighs 1, 8, 64.
  const double weights2 = 1.0 + 64.0 + 4096.0;
  const double shot = (3.0 + 64.0 * 1.0 + 4096.0 * 1.0) / 7.0;
  const double unit = std::pow(7.0 / 127.0, 2);
  const std::vector<double> ranges{40.0}, codes{75.0}, weight{1.0};
  const Array<double> array(WeightBlock<double>{weight, 1, 1, 1}, device, spec, {.layer = "n"});
  std::vector<MvmId> ids;
  for (std::uint32_t i = 0; i < 20000; ++i) ids.push_back({0, i});
  std::vector<double> y(ids.size());
  array.mvm(codes.data(), 0, ids, ranges, y.data(), 1);
  for (double& v : y) v *= array.output_unit(ranges);
  check_deviation(moments(y), unit * (f.thermal * weights2 + f.shot * shot));
}

TEST_CASE("noise of currents at scale 0 leaves the bytes of arrays without", "[crossbar][noise]") {
  DeviceSpec with = pcm_device(), without = with;
  with.current_noise.law = CurrentNoiseLaw::ThermalShot;
  with.thermal_noise = with.shot_noise = 0.0;
  const auto weights = some_weights(cell_rows * cell_cols);
  const ArraySpec spec;
  const auto codes = some_codes<float>(64 * cell_rows, spec);
  const auto of = [&](const DeviceSpec& device) {
    return run(Array<float>(WeightBlock<float>{weights, cell_rows, cell_cols, cell_cols}, device, spec,
                            {.layer = "a"}),
               codes, some_ids(64), 5.0);
  };
  CHECK(same_bytes(of(with), of(without)));
  with.thermal_noise = 1e3;
  CHECK_FALSE(same_bytes(of(with), of(without)));
}
