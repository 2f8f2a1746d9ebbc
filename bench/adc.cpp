// SPDX-License-Identifier: Apache-2.0
#include "models/converter/adc.hpp"

#include <benchmark/benchmark.h>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace {

const std::vector<std::pair<std::string, mimosa::AdcSpec>> kinds = {
    {"ideal, scalar", {.kind = mimosa::AdcKind::Ideal}},
    {"ramp", {.kind = mimosa::AdcKind::Ramp, .comparator_sigma = 0.01, .capacitor_sigma = 0.05}},
    {"sar", {.kind = mimosa::AdcKind::Sar, .comparator_sigma = 0.01, .capacitor_sigma = 0.05}},
    {"pipeline", {.kind = mimosa::AdcKind::Pipeline, .comparator_sigma = 0.01, .capacitor_sigma = 0.05}},
    {"cyclic", {.kind = mimosa::AdcKind::Cyclic, .comparator_sigma = 0.01, .capacitor_sigma = 0.05}},
    {"cco", {.kind = mimosa::AdcKind::Cco}}};

/// One vector of 256 columns; items are conversions.
void conversions(benchmark::State& state) {
  constexpr std::size_t columns = 256, vectors = 64;
  auto [name, spec] = kinds[static_cast<std::size_t>(state.range(0))];
  spec.bits = static_cast<int>(state.range(1));
  state.SetLabel(name);
  const mimosa::Adc adc(spec, 1, 0, columns);
  std::vector<double> values(columns * vectors), codes(columns);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<double>(i * i));
  std::size_t vector = 0;
  for (auto _ : state) {
    adc.convert({values.data() + vector * columns, columns}, codes);
    benchmark::DoNotOptimize(codes.data());
    benchmark::ClobberMemory();
    vector = (vector + 1) % vectors;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(columns));
  state.counters["per_conversion"] = benchmark::Counter(
      columns, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

BENCHMARK(conversions)->ArgNames({"kind", "bits"})->ArgsProduct({{0, 1, 2, 3, 4, 5}, {6, 8, 12}});

}  // namespace
