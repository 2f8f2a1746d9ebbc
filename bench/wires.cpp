// SPDX-License-Identifier: Apache-2.0
// Effective conductances of an array with 1 ohm wires (10 to 100 uS cells), attenuation of its read noise and
// one solve of all its nodes; `ratio` is the time over that of Eigen's SGEMM of n × n × n in the same run.
// All by this thread's CPU time, smallest of the iterations.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <limits>
#include <vector>

#include "bench/cpu_time.hpp"
#include "bench/eigen_yardstick.hpp"
#include "models/base/random.hpp"
#include "models/crossbar/wires_nodes.hpp"

namespace {

using namespace mimosa;

constexpr WireSpec one_ohm{.level = WireLevel::Exact, .word_ohm = 1.0, .bit_ohm = 1.0};

std::vector<double> random_cells(std::size_t size) {
  std::vector<float> uniform(size);
  uniforms(1, 0, 0, 0, uniform);
  std::vector<double> g(size);
  std::transform(uniform.begin(), uniform.end(), g.begin(), [](float u) { return 10.0 + 90.0 * u; });
  return g;
}

double sgemm_seconds(std::size_t n) {
  const std::vector<float> x(n * n, 1.0F), w(n * n, 1.0F);
  std::vector<float> y(n * n);
  return seconds_per_call(20, [&] { eigen_sgemm(x.data(), w.data(), y.data(), n, n, n); });
}

template <class Work>
void measure(benchmark::State& state, const Work& work) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const std::vector<double> g = random_cells(n * n);
  const CellGrid cells{.g_us = g, .rows = n, .cols = n};
  double ours = std::numeric_limits<double>::max(), eigen = ours;
  for (auto _ : state) {
    const double now = seconds_per_call(1, [&] { work(cells); });
    ours = std::min(ours, now);
    eigen = std::min(eigen, sgemm_seconds(n));
    state.SetIterationTime(now);
  }
  state.counters["ours_s"] = ours;
  state.counters["eigen_s"] = eigen;
  state.counters["ratio"] = ours / eigen;
}

void effective(benchmark::State& state) {
  measure(state, [](const CellGrid& cells) {
    benchmark::DoNotOptimize(effective_conductances(cells, one_ohm, "bench").data());
  });
}

void attenuations(benchmark::State& state) {
  measure(state, [](const CellGrid& cells) {
    benchmark::DoNotOptimize(noise_attenuations(cells, one_ohm, "bench").data());
  });
}

void nodes(benchmark::State& state) {
  measure(state, [](const CellGrid& cells) {
    const std::vector<double> inputs(cells.rows, 0.2);
    benchmark::DoNotOptimize(solve_nodes(cells, one_ohm, inputs, "bench").out_ua.data());
  });
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Arg(64)
      ->Arg(128)
      ->Arg(256)
      ->ArgName("n")
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond)
      ->Iterations(3);
}

BENCHMARK(effective)->Apply(sizes);
BENCHMARK(attenuations)->Apply(sizes);
BENCHMARK(nodes)->Apply(sizes);

}  // namespace
