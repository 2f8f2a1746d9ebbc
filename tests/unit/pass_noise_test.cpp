// SPDX-License-Identifier: Apache-2.0
// Noise that is correlated in time: 1/f noise in three bands and switching cells.
#include <cmath>
#include <numbers>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "models/device/telegraph.hpp"
#include "tests/support/arrays.hpp"

using namespace mimosa;

namespace {

/// z of every check: a two-sided false alarm in 1.7e6.
constexpr double limit = 5.0;

/// Cells with 1/f noise alone; Q is the same for all.
DeviceSpec noisy_cells(NoiseBands bands) {
  DeviceSpec device;
  device.low_frequency = {.law = LowFrequencyLaw::PowerQ, .q_factor = 0.02, .q_exponent = 0.0};
  device.low_frequency.bands = bands;
  device.low_frequency.run_s = 0.05;
  device.time_s = 3600.0;
  device.pass_s = 4e-6;
  device.drift_compensation = DriftCompensation::Off;
  return device;
}

ArraySpec fine(InputKind input) {
  ArraySpec spec;
  spec.dac.input = input;
  spec.adc.bits = 24;
  return spec;
}

double variance(const std::vector<double>& values) {
  double mean = 0.0, sum = 0.0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  for (const double v : values) sum += (v - mean) * (v - mean);
  return sum / static_cast<double>(values.size() - 1);
}

/// Mean of the products of all pairs of different values.
double mean_product(const std::vector<double>& values) {
  double sum = 0.0, squares = 0.0;
  for (const double v : values) {
    sum += v;
    squares += v * v;
  }
  const auto n = static_cast<double>(values.size());
  return (sum * sum - squares) / (n * (n - 1.0));
}

/// Standard error of a variance of Gaussian samples, relative.
double spread(std::size_t samples) {
  return std::sqrt(2.0 / static_cast<double>(samples));
}

}  // namespace

TEST_CASE("the three bands of 1/f noise add up to the whole", "[noise]") {
  LowFrequencySpec spec;
  spec.bands = NoiseBands::Three;
  for (const double t : {0.0, 1.0, 86400.0, 3e7})
    for (const double run : {1e-9, 1e-3, 1.0, 1e8})
      for (const double pass : {1e-9, 1e-6, 1e-2, 10.0}) {
        spec.run_s = run;
        const BandFactors k = band_factors(spec, t, pass);
        const double whole = bandwidth_factor(spec, t);
        CHECK(k.frozen * k.frozen + k.pass * k.pass + k.mvm * k.mvm == Approx(whole * whole).epsilon(1e-12));
      }
  spec.bands = NoiseBands::Frozen;
  CHECK(band_factors(spec, 1.0, 1e-6).frozen == bandwidth_factor(spec, 1.0));
}

TEST_CASE("each band has its variance, and repeated reads average only the fastest", "[noise]") {
  const InputKind input = GENERATE(InputKind::Voltage, InputKind::PulseWidth);
  const int repeats = GENERATE(1, 4);
  const DeviceSpec device = noisy_cells(NoiseBands::Three);
  ArraySpec spec = fine(input);
  spec.read.repeats = repeats;
  const std::size_t cells = 256, passes = 40, mvms = 20;
  const std::vector<double> weights(cells, 1.0), codes(1, 64.0);  // one row, about half a full input
  const Array<double> array(WeightBlock<double>{weights, 1, cells, cells}, device, spec, {.layer = "a"});
  const std::vector<double> ranges{2.0};
  std::vector<double> within, between(cells * passes);
  for (std::uint32_t p = 0; p < passes; ++p) {
    std::vector<MvmId> ids(mvms);
    for (std::uint32_t m = 0; m < mvms; ++m) ids[m] = {p, m};
    std::vector<double> y(mvms * cells);
    array.mvm(codes.data(), 0, ids, ranges, y.data(), cells);
    for (std::size_t c = 0; c < cells; ++c) {
      std::vector<double> reads;
      for (std::size_t m = 0; m < mvms; ++m)
        reads.push_back(y[m * cells + c] * array.output_unit(ranges) * 127.0 / 64.0);
      within.push_back(variance(reads));
      double mean = 0.0;
      for (const double v : reads) mean += v / static_cast<double>(mvms);
      between[c * passes + p] = mean;
    }
  }
  const BandFactors k = band_factors(device.low_frequency, device.time_s, device.pass_s);
  const double unit = 0.02 * 0.02, fast = unit * k.mvm * k.mvm / repeats, slow = unit * k.pass * k.pass;
  double of_mvm = 0.0, of_pass = 0.0;
  for (const double v : within) of_mvm += v / static_cast<double>(within.size());
  std::vector<double> frozen;
  for (std::size_t c = 0; c < cells; ++c) {
    const std::vector<double> means(between.begin() + static_cast<std::ptrdiff_t>(c * passes),
                                    between.begin() + static_cast<std::ptrdiff_t>((c + 1) * passes));
    of_pass += variance(means) / static_cast<double>(cells);
    double mean = 0.0;
    for (const double v : means) mean += v / static_cast<double>(passes);
    frozen.push_back(mean);
  }
  CHECK(std::fabs(of_mvm / fast - 1.0) < limit * spread(cells * passes * (mvms - 1)));
  CHECK(std::fabs(of_pass / (slow + fast / mvms) - 1.0) < limit * spread(cells * (passes - 1)));
  const double rest = unit * k.frozen * k.frozen + (slow + fast / mvms) / passes;
  CHECK(std::fabs(variance(frozen) / rest - 1.0) < limit * spread(cells));
}

TEST_CASE("the bands have the scatter of a cell's 1/f trajectory within a pass and between passes",
          "[noise]") {
  // A trajectory with spectrum 1/f from f_low to f_high: waves of random phase at frequencies drawn evenly in
  // ln f.
  const DeviceSpec device = noisy_cells(NoiseBands::Three);
  const LowFrequencySpec& spec = device.low_frequency;
  const BandFactors k = band_factors(spec, device.time_s, device.pass_s);
  const double f_low = 1.0 / (device.time_s + spec.t0_s), f_high = 1.0 / (2.0 * spec.t_read_ns * 1e-9);
  const double whole = std::log(f_high / f_low);
  constexpr std::size_t trajectories = 2000, waves = 80, positions = 16, passes = 16;
  std::vector<float> u(2 * waves);
  double within = 0.0, between = 0.0, at_start = 0.0, of_pass = 0.0, of_run = 0.0, of_means = 0.0;
  for (std::uint32_t i = 0; i < trajectories; ++i) {
    uniforms(77, i, 0, 0, u);
    const auto at = [&](double t) {
      double sum = 0.0;
      for (std::size_t w = 0; w < waves; ++w) {
        const double f =
            f_low * std::exp(whole * (static_cast<double>(w) + static_cast<double>(u[w])) / waves);
        sum += std::cos(2.0 * std::numbers::pi * (f * t + static_cast<double>(u[waves + w])));
      }
      return sum * std::sqrt(2.0 * whole / waves);
    };
    std::vector<double> means, starts;
    for (std::size_t pass = 0; pass < passes; ++pass) {
      std::vector<double> values;
      for (std::size_t p = 0; p < positions; ++p)
        values.push_back(at(spec.run_s * static_cast<double>(pass) / passes +
                            device.pass_s * static_cast<double>(p) / positions));
      double mean = 0.0;
      for (const double v : values) mean += v / positions;
      means.push_back(mean);
      of_pass += mean_product(values) / (trajectories * passes);
      starts.push_back(values[0]);
      within += variance(values) / (trajectories * passes);
      if (pass == 0) at_start += values[0] * values[0] / trajectories;
    }
    between += variance(means) / trajectories;
    of_run += mean_product(starts) / trajectories;
    of_means += mean_product(means) / trajectories;
  }
  CHECK(std::fabs(at_start - whole) < limit * whole * spread(trajectories));
  // Scatter among the MVMs of a pass, and of the means over them among the passes of a run. Samples at
  // positions k/n instead of the whole time leave 2 % out.
  const double fast = k.mvm * k.mvm, slow = k.pass * k.pass;
  CHECK(std::fabs(within - fast) < fast * (limit * spread(trajectories * passes) + 0.03));
  CHECK(std::fabs(between - (slow + fast / positions)) < slow * (limit * spread(trajectories) + 0.03));
  // Autocovariance, by the bands: between positions of a pass what is slower than a pass; between passes of a
  // run what is slower than the run, whether of single positions or of the means over all of them.
  const double held = k.frozen * k.frozen;
  CHECK(std::fabs(of_pass - (held + slow)) < (held + slow) * (limit * spread(trajectories) + 0.03));
  CHECK(std::fabs(of_run - held) < whole * limit * spread(trajectories));
  CHECK(std::fabs(of_means - held) < (held + slow) * (limit * spread(trajectories) + 0.03));
}

TEST_CASE("a switching cell has the published occupancy and autocorrelation", "[noise]") {
  constexpr std::uint32_t devices = 20000;
  for (const double share : {0.1, 0.5, 0.8}) {
    const auto state = [&](std::uint32_t index, double t) {
      return telegraph_is_high(5, index, t, share) ? 1.0 : 0.0;
    };
    for (const double lag : {0.05, 0.4, 1.0, 2.7}) {
      double mean = 0.0, product = 0.0;
      for (std::uint32_t i = 0; i < devices; ++i) {
        const double now = state(i, 3.3), later = state(i, 3.3 + lag);
        mean += now / devices;
        product += (now - share) * (later - share) / devices;
      }
      const double variance = share * (1.0 - share);
      INFO("share " << share << " lag " << lag);
      CHECK(std::fabs(mean - share) < limit * std::sqrt(variance / devices));
      // |product| ≤ max(share, 1 − share)² of each device bounds its spread.
      const double bound = std::max(share, 1.0 - share);
      CHECK(std::fabs(product - variance * std::exp(-lag)) < limit * bound * bound / std::sqrt(devices));
    }
    // The same device at the same time is in the same state; times before the first event exist.
    CHECK(state(7, 0.0) == state(7, 0.0));
  }
}

TEST_CASE("an array of switching cells has the mean and variance of its devices", "[noise]") {
  DeviceSpec device;
  device.g_min_us = 2.5;
  device.telegraph = {.law = TelegraphLaw::TwoState, .tau_min_s = 1e-6, .tau_max_s = 1e-6};
  device.pass_s = 1e-4;  // a hundred times the mean times: passes are independent
  device.drift_compensation = DriftCompensation::Off;
  const std::size_t cells = 400, passes = 200;
  const std::vector<double> weights(cells, 1.0), codes(1, 127.0);
  const ArraySpec spec = fine(InputKind::Voltage);
  const Array<double> array(WeightBlock<double>{weights, 1, cells, cells}, device, spec, {.layer = "rtn"});
  const std::vector<double> ranges{2.0};
  std::vector<MvmId> ids(passes);
  for (std::uint32_t p = 0; p < passes; ++p) ids[p].pass = p;
  std::vector<double> y(passes * cells);
  array.mvm(codes.data(), 0, ids, ranges, y.data(), cells);
  for (double& v : y) v *= array.output_unit(ranges) * 0.9;
  // Both devices of a pair at 25 and 2.5 uS with equal mean times; p = 1/2.
  const TelegraphProcess on{25.0, 0.028, 1e-6, 1e-6}, off{2.5, 0.5, 1e-6, 1e-6};
  const double mean = (on.mean_us() - off.mean_us()) / 25.0,
               var = (on.variance_us2() + off.variance_us2()) / 625.0;
  double sum = 0.0;
  for (const double v : y) sum += v / static_cast<double>(y.size());
  CHECK(std::fabs(sum - mean) < limit * std::sqrt(var / static_cast<double>(y.size())));
  CHECK(std::fabs(variance(y) / var - 1.0) < limit * spread(y.size()));
  // Within a pass the cells stay: two MVMs of it agree.
  std::vector<double> again(2 * cells);
  array.mvm(codes.data(), 0, std::vector<MvmId>{{3, 0}, {3, 9}}, ranges, again.data(), cells);
  for (std::size_t c = 0; c < cells; ++c) REQUIRE(again[c] == again[cells + c]);
}

TEST_CASE("an array of bent cells adds their currents", "[crossbar]") {
  // Milo's cells at 100 and 50 uS, 0.5 V: the law itself, per cell and input, is the oracle.
  DeviceSpec device;
  device.g_min_us = 50.0;
  device.g_max_us = 225.0;
  device.iv.law = IvLaw::Cubic;
  device.iv.v_read_v = 0.5;
  const std::size_t rows = 9, cols = 4;
  const std::vector<double> weights = doubles(some_weights(rows * cols));
  const std::vector<double> codes = some_codes<double>(rows, {});
  for (const InputKind input : {InputKind::Voltage, InputKind::PulseWidth}) {
    const Array<double> array(WeightBlock<double>{weights, rows, cols, cols}, device, fine(input), {});
    std::vector<double> y(cols);
    const std::vector<double> ranges{10.0};
    array.mvm(codes.data(), rows, std::vector<MvmId>{{}}, ranges, y.data(), cols);
    for (std::size_t c = 0; c < cols; ++c) {
      double current = 0.0;
      for (std::size_t r = 0; r < rows; ++r)
        for (const double sign : {1.0, -1.0}) {
          const double g = 50.0 + 175.0 * std::max(0.0, sign * weights[r * cols + c]);
          const CubicIv iv = cubic_iv(device.iv, g, 1.0);
          const double x = codes[r] / 127.0;
          const double of_cell = input == InputKind::Voltage
                                     ? std::copysign(iv.current_a(std::fabs(x) * 0.5), x)
                                     : x * iv.current_a(0.5);
          current += sign * of_cell;
        }
      const double unit = ranges[0] / fine(input).adc.half_steps() * 225e-6 * 0.5;
      CHECK(y[c] * unit == Approx(current).margin(2e-6 * 225e-6));
    }
  }
}
