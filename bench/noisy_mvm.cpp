// SPDX-License-Identifier: Apache-2.0
// A noisy matrix-vector product (8-bit DAC and ADC, differential pairs of PCM with programming and white read
// noise) against Eigen's SGEMM of the same shape in the same run. Both are timed in turns by this thread's
// CPU time, and the smallest times are compared: other programs only ever add time.
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

/// Uniform in −1 … 1.
std::vector<float> random_floats(std::size_t size, std::uint32_t pass) {
  std::vector<float> values(size);
  uniforms(1, pass, 0, 0, values);
  for (float& v : values) v = 2.0F * v - 1.0F;
  return values;
}

DeviceSpec pcm() {
  DeviceSpec device;
  device.programming.law = ProgrammingLaw::Polynomial;
  device.ageing.law = AgeingLaw::Power;
  device.low_frequency.law = LowFrequencyLaw::PowerQ;
  device.white.law = WhiteLaw::SqrtWeight;
  return device;
}

void noisy_mvm(benchmark::State& state, InputKind input) {
  const auto n = static_cast<std::size_t>(state.range(0)), batch = static_cast<std::size_t>(state.range(1));
  const auto x = random_floats(batch * n, 0), w = random_floats(n * n, 1);
  std::vector<float> y(batch * n), codes(batch * n);
  const ArraySpec converter{.dac = {.input = input}};
  const Array<float> array(WeightBlock<float>{w, n, n, n}, pcm(), converter, {.layer = "bench"});
  std::vector<MvmId> ids(batch);
  for (std::size_t b = 0; b < batch; ++b) ids[b].mvm = static_cast<std::uint32_t>(b);
  const std::vector<double> ranges{std::sqrt(static_cast<double>(n))};

  const double macs = static_cast<double>(batch * n * n);
  const int calls = std::max(1, static_cast<int>(4e7 / macs));
  double ours = std::numeric_limits<double>::max(), eigen = ours;
  while (state.KeepRunning()) {
    const double now = seconds_per_call(calls, [&] {
      to_dac_codes(x, 1.0, converter.dac, codes);
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

void sizes(benchmark::internal::Benchmark* bench) {
  for (const int n : {256, 512, 1024}) {
    for (const int batch : {1, 64, 1024}) bench->Args({n, batch});
  }
  bench->ArgNames({"n", "batch"})->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(40);
}

/// Programs an array of PCM pairs: weights per second of this thread.
void programming(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto w = random_floats(n * n, 1);
  double best = std::numeric_limits<double>::max();
  while (state.KeepRunning()) {
    const double now = seconds_per_call(1, [&] {
      const Array<float> array(WeightBlock<float>{w, n, n, n}, pcm(), {}, {.layer = "bench"});
      benchmark::DoNotOptimize(array.drift_factors()[0]);
    });
    best = std::min(best, now);
    state.SetIterationTime(now);
  }
  state.counters["weights_per_s"] = static_cast<double>(n * n) / best;
}

BENCHMARK_CAPTURE(noisy_mvm, pulse_width, InputKind::PulseWidth)->Apply(sizes);
BENCHMARK_CAPTURE(noisy_mvm, voltage, InputKind::Voltage)->Apply(sizes);
BENCHMARK(programming)
    ->Arg(512)
    ->ArgName("n")
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(10);

}  // namespace
