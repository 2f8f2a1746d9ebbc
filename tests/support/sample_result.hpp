// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "sim/run/result.hpp"

namespace mimosa {

/// A result with every part, of round made-up figures.
inline RunResult sample_result() {
  RunResult r;
  r.network = {.name = "net",
               .slots = 2,
               .inputs_per_pass = 2,
               .weights = 1234567,
               .macs_per_pass = 3000000,
               .macs_per_input = 1500000.0};
  r.chip = "hermes";
  r.device = "pcm-joshi";
  r.device_time_s = 86400.0;
  r.mapping = {
      .arrays_used = 20, .arrays_total = 64, .tiles_used = 20, .tiles_total = 64, .cell_utilisation = 0.755};
  r.accuracy = AccuracyResult{.inputs = 10000,
                              .float_reference = 0.9123,
                              .analog_ideal = 0.91,
                              .analog = {0.89, 0.9},
                              .analog_interval = {0.895, 0.0635},
                              .inputs_ci95 = 0.006};
  r.timing = TimingResult{.clock_hz = 1e9,
                          .latency_cycles = 9000,
                          .cycles_per_pass = 5000.0,
                          .cycles_per_input = 2500.0,
                          .inputs_per_s = 400000.0,
                          .steady = true,
                          .bottleneck = "tile 3, 99 %",
                          .passes_simulated = 10,
                          .events = 500,
                          .mvms = 100,
                          .wall_s = 0.5};
  r.energy = EnergyResult{.per_pass_j = 2e-8,
                          .per_input_j = 1e-8,
                          .by_component = {{"mvm", 1.5e-8}, {"vector", 4e-9}, {"noc", 1e-9}},
                          .static_per_pass_j = 3e-9};
  r.area_mm2 = 40.6;
  r.baseline =
      BaselineResult{.network = "net_n1", .speedup_cycles = 1.9, .speedup_macs = 1.8, .saving_energy = 1.7};
  r.validity = {{"stem", "drift", "applied"}};
  r.counts = {{"mvms", 100}};
  r.calibration.drift_readout = CalibrationStep{512, 5e-6, 66560};
  r.programming =
      ProgrammingResult{.devices = 200, .pulses = 500, .mean_pulses = 2.5, .time_s = 1e-3, .energy_j = 6e-9};
  r.wires = WireGapResult{.wires = {.word_ohm = 0.5, .bit_ohm = 0.25},
                          .images = 4,
                          .layers = {{.gap = {.sums = 128, .rms = 0.0125, .largest = 0.02, .rms_steps = 0.5},
                                      .layer = "stem",
                                      .replica = 1,
                                      .row0 = 0,
                                      .col0 = 64,
                                      .rows = 9,
                                      .cols = 32}},
                          .why = {}};
  r.clamped_read_gap = 0.001;
  r.noise_path = "exact column Gaussian";
  r.provenance = {.version = "0.1.0",
                  .config_sha256 = "c",
                  .weights_sha256 = "w",
                  .dataset_sha256 = "d",
                  .results_version = 1,
                  .seed = 7};
  return r;
}

}  // namespace mimosa
