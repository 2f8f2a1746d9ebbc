// SPDX-License-Identifier: Apache-2.0
// Matrix-vector products of an array of PCM (8-bit DAC and ADC, differential pairs, programmed with noise)
// against Eigen's SGEMM of the same shape in the same run, the DAC included. Both are timed in turns by this
// thread's CPU time, and the smallest times are compared: other programs only ever add time.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "bench/cpu_time.hpp"
#include "bench/eigen_yardstick.hpp"
#include "models/base/random.hpp"
#include "models/crossbar/array.hpp"

namespace {

using namespace mimosa;

/// Vectors that see the same weights where these change from pass to pass.
constexpr std::uint32_t pass_vectors = 64;

/// Uniform in −1 … 1.
std::vector<float> random_floats(std::size_t size, std::uint32_t pass) {
  std::vector<float> values(size);
  uniforms(1, pass, 0, 0, values);
  for (float& v : values) v = 2.0F * v - 1.0F;
  return values;
}

/// The laws of configs/device/pcm-joshi.yaml.
DeviceSpec pcm(double read_noise, NoiseBands bands = NoiseBands::Frozen) {
  DeviceSpec device;
  device.read_noise = read_noise;
  device.pass_s = 1e-4;
  device.programming.law = ProgrammingLaw::Polynomial;
  device.ageing.law = AgeingLaw::Power;
  device.low_frequency.law = LowFrequencyLaw::PowerQ;
  device.low_frequency.bands = bands;
  device.white.law = WhiteLaw::SqrtWeight;
  return device;
}

/// Cells that switch, mean times from 1 µs to 1 s, and nothing else.
DeviceSpec switching() {
  DeviceSpec device;
  device.g_min_us = 2.5;
  device.pass_s = 1e-4;
  device.telegraph.law = TelegraphLaw::TwoState;
  device.drift_compensation = DriftCompensation::Off;
  return device;
}

/// Milo's cells, whose current is not linear in the voltage, with additive noise in every read: each cell is
/// drawn and read for itself.
DeviceSpec bent() {
  DeviceSpec device;
  device.g_min_us = 50.0;
  device.g_max_us = 225.0;
  device.white = {.law = WhiteLaw::Additive, .magnitude = 0.01};
  device.iv.law = IvLaw::Cubic;
  device.drift_compensation = DriftCompensation::Off;
  return device;
}

ArraySpec whole(InputKind input) {
  ArraySpec spec;
  spec.dac.input = input;
  return spec;
}

/// 8-bit weights in four cells, one magnitude bit of the inputs at a time: 28 reads, each digitised.
ArraySpec sliced() {
  ArraySpec spec = whole(InputKind::PulseWidth);
  spec.weights.bits = 8;
  spec.weights.cell_bits = 2;
  spec.dac.slice_bits = 1;
  return spec;
}

ArraySpec behind_wires(InputKind input) {
  ArraySpec spec = whole(input);
  spec.wires = {.level = WireLevel::Exact, .word_ohm = 0.15, .bit_ohm = 0.15};
  return spec;
}

void mvm(benchmark::State& state, const DeviceSpec& device, const ArraySpec& spec,
         double macs_at_once = 4e7) {
  const auto n = static_cast<std::size_t>(state.range(0)), batch = static_cast<std::size_t>(state.range(1));
  const auto x = random_floats(batch * n, 0), w = random_floats(n * n, 1);
  std::vector<float> y(batch * n), codes(batch * n);
  const Array<float> array(WeightBlock<float>{w, n, n, n}, device, spec, {.layer = "bench"});
  std::vector<MvmId> ids(batch);
  const std::vector<double> ranges(weight_slices(spec.weights).size(), std::sqrt(static_cast<double>(n)));
  std::uint32_t vectors = 0;

  const double macs = static_cast<double>(batch * n * n);
  const int calls = std::max(1, static_cast<int>(macs_at_once / macs));
  double ours = std::numeric_limits<double>::max(), eigen = ours;
  while (state.KeepRunning()) {
    const double now = seconds_per_call(calls, [&] {
      for (MvmId& id : ids) {
        id = {vectors / pass_vectors, vectors % pass_vectors};
        ++vectors;
      }
      to_dac_codes(x, 1.0, spec.dac, codes);
      array.mvm(codes.data(), n, ids, ranges, y.data(), n);
    });
    ours = std::min(ours, now);
    eigen = std::min(
        eigen, seconds_per_call(calls, [&] { eigen_sgemm(x.data(), w.data(), y.data(), batch, n, n); }));
    state.SetIterationTime(now * calls);
  }
  state.counters["ours_us"] = 1e6 * ours;
  state.counters["eigen_us"] = 1e6 * eigen;
  state.counters["ratio"] = ours / eigen;
}

void batches(benchmark::internal::Benchmark* bench, const std::vector<std::int64_t>& of, int iterations) {
  bench->ArgNames({"n", "batch"})
      ->ArgsProduct({{256, 512, 1024}, of})
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond)
      ->Iterations(iterations);
}

void all_batches(benchmark::internal::Benchmark* bench) {
  batches(bench, {1, 64, 1024}, 40);
}
void whole_passes(benchmark::internal::Benchmark* bench) {
  batches(bench, {64, 1024}, 40);
}
void slow(benchmark::internal::Benchmark* bench) {
  batches(bench, {1, 64, 1024}, 8);
}

void cell_by_cell(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"n", "batch"})
      ->ArgsProduct({{256}, {8}})
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond)
      ->Iterations(5);
}

/// Programs an array of PCM pairs: weights per second of this thread, and seconds for a million devices.
void programming(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto w = random_floats(n * n, 1);
  double best = std::numeric_limits<double>::max();
  while (state.KeepRunning()) {
    const double now = seconds_per_call(1, [&] {
      const Array<float> array(WeightBlock<float>{w, n, n, n}, pcm(1.0), {}, {.layer = "bench"});
      benchmark::DoNotOptimize(array.drift_factors()[0]);
    });
    best = std::min(best, now);
    state.SetIterationTime(now);
  }
  state.counters["weights_per_s"] = static_cast<double>(n * n) / best;
  state.counters["s_per_million_devices"] = best * 1e6 / static_cast<double>(2 * n * n);
}

BENCHMARK_CAPTURE(mvm, quantised, pcm(0.0), whole(InputKind::PulseWidth))->Apply(all_batches);
BENCHMARK_CAPTURE(mvm, read_noise_pulse_width, pcm(1.0), whole(InputKind::PulseWidth))->Apply(all_batches);
BENCHMARK_CAPTURE(mvm, read_noise_voltage, pcm(1.0), whole(InputKind::Voltage))->Apply(all_batches);
BENCHMARK_CAPTURE(mvm, three_bands_pulse_width, pcm(1.0, NoiseBands::Three), whole(InputKind::PulseWidth))
    ->Apply(whole_passes);
BENCHMARK_CAPTURE(mvm, three_bands_voltage, pcm(1.0, NoiseBands::Three), whole(InputKind::Voltage))
    ->Apply(whole_passes);
BENCHMARK_CAPTURE(mvm, telegraph, switching(), whole(InputKind::PulseWidth))->Apply(whole_passes);
BENCHMARK_CAPTURE(mvm, cell_by_cell_bent_voltage, bent(), whole(InputKind::Voltage), 1.0)
    ->Apply(cell_by_cell);
BENCHMARK_CAPTURE(mvm, cell_by_cell_bent_pulse_width, bent(), whole(InputKind::PulseWidth), 1.0)
    ->Apply(cell_by_cell);
BENCHMARK_CAPTURE(mvm, cell_by_cell_bent_wires, bent(), behind_wires(InputKind::Voltage), 1.0)
    ->Apply(cell_by_cell);
BENCHMARK_CAPTURE(mvm, cell_by_cell_telegraph_wires, switching(), behind_wires(InputKind::PulseWidth), 1.0)
    ->Apply(cell_by_cell);
BENCHMARK_CAPTURE(mvm, sliced, pcm(0.0), sliced())->Apply(slow);
BENCHMARK_CAPTURE(mvm, sliced_read_noise, pcm(1.0), sliced())->Apply(slow);
BENCHMARK(programming)
    ->Arg(512)
    ->ArgName("n")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(10);

}  // namespace
