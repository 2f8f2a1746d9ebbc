// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <cstddef>
#include <vector>

#include "models/base/kernels.hpp"
#include "models/base/random.hpp"

namespace {

void normals_per_call(benchmark::State& state) {
  const auto paths = mimosa::available_kernel_paths();
  const auto index = static_cast<std::size_t>(state.range(0));
  if (index >= paths.size()) return state.SkipWithError("not on this machine");
  mimosa::use_kernel_path(paths[index]);
  state.SetLabel(std::string(to_string(paths[index])));
  std::vector<float> out(static_cast<std::size_t>(state.range(1)));
  std::uint32_t mvm = 0;
  for (auto _ : state) {
    mimosa::normals(1, 0, mvm++, 0, out);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(1));
}

BENCHMARK(normals_per_call)->ArgNames({"path", "size"})->ArgsProduct({{0, 1, 2}, {64, 256, 16384}});

}  // namespace
