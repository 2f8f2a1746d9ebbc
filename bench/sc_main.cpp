// SPDX-License-Identifier: Apache-2.0
// Of benchmarks that simulate: main() comes from the SystemC library.
#include <benchmark/benchmark.h>
#include <systemc>

#include "hw/kernel/kernel.hpp"

int sc_main(int argc, char** argv) {
  mimosa::install_report_policy();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
