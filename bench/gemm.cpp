// SPDX-License-Identifier: Apache-2.0
// Our matrix product against Eigen's on the same data in the same run. Both are timed in turns by this
// thread's CPU time, and the smallest times are compared: other programs only ever add time.
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <limits>
#include <malloc.h>
#include <vector>

#include "bench/cpu_time.hpp"
#include "bench/eigen_yardstick.hpp"
#include "models/base/kernels.hpp"
#include "models/base/random.hpp"

namespace {

using mimosa::seconds_per_call;

std::vector<float> random_floats(std::size_t size, std::uint32_t pass) {
  std::vector<float> values(size);
  mimosa::normals(1, pass, 0, 0, values);
  return values;
}

void product(benchmark::State& state, mimosa::KernelPath path) {
  const auto paths = mimosa::available_kernel_paths();
  if (std::find(paths.begin(), paths.end(), path) == paths.end())
    return state.SkipWithError("not on this machine");
  mimosa::use_kernel_path(path);
  const auto n = static_cast<std::size_t>(state.range(0)), batch = static_cast<std::size_t>(state.range(1));
  const auto x = random_floats(batch * n, 0), w = random_floats(n * n, 1);
  std::vector<float> y(batch * n);
  const mimosa::PackedMatrix packed(n, n, w.data(), n);

  const double macs = static_cast<double>(batch * n * n);
  const int calls = std::max(1, static_cast<int>(4e7 / macs));
  double ours = std::numeric_limits<double>::max(), eigen = ours;
  for (auto _ : state) {
    const double now =
        seconds_per_call(calls, [&] { mimosa::gemm(packed, x.data(), n, batch, y.data(), n); });
    ours = std::min(ours, now);
    eigen = std::min(eigen, seconds_per_call(calls, [&] {
                       mimosa::eigen_sgemm(x.data(), w.data(), y.data(), batch, n, n);
                     }));
    state.SetIterationTime(now * calls);
  }
  state.counters["ours_us"] = 1e6 * ours;
  state.counters["eigen_us"] = 1e6 * eigen;
  state.counters["ratio"] = ours / eigen;
  state.counters["gflops"] = 2e-9 * macs / ours;
}

void sizes(benchmark::internal::Benchmark* bench) {
  for (const int n : {256, 512, 1024}) {
    for (const int batch : {1, 64, 1024}) bench->Args({n, batch});
  }
  bench->ArgNames({"n", "batch"})->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(40);
}

BENCHMARK_CAPTURE(product, avx512, mimosa::KernelPath::Avx512)->Apply(sizes);
BENCHMARK_CAPTURE(product, avx2, mimosa::KernelPath::Avx2)->Apply(sizes);

}  // namespace

int main(int argc, char** argv) {
  // Eigen allocates its packing buffers in every call; freed memory stays with the process, so that it does
  // not also pay for fresh pages.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
