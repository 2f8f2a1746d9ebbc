// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include "models/crossbar/array.hpp"
#include "tests/support/arrays.hpp"

// Small arrays that are read cell by cell, and their reads.
namespace mimosa {

/// z of every statistical check: a two-sided false alarm in 1.7e6.
constexpr double z_limit = 5.0;
constexpr std::size_t cell_rows = 18, cell_cols = 5;

/// Milo's cells without errors of programming.
inline DeviceSpec milo(double full_v = 0.5) {
  DeviceSpec device;
  device.g_min_us = 50.0;
  device.g_max_us = 225.0;
  device.iv.law = IvLaw::Cubic;
  device.iv.v_read_v = full_v;
  device.drift_compensation = DriftCompensation::Off;
  return device;
}

inline DeviceSpec switching(DeviceSpec device) {
  device.g_min_us = std::max(device.g_min_us, 2.5);
  device.telegraph = {.law = TelegraphLaw::TwoState, .tau_min_s = 1e-6, .tau_max_s = 1e-6};
  device.pass_s = 1e-4;
  device.drift_compensation = DriftCompensation::Off;
  return device;
}

inline WireSpec wires(double ohm, WireTopology topology = WireTopology::InputSource) {
  return {.level = WireLevel::Exact,
          .topology = topology,
          .word_ohm = ohm,
          .bit_ohm = 2.0 * ohm,
          .source_ohm = 3.0 * ohm,
          .sense_ohm = ohm};
}

inline ArraySpec fine(InputKind input) {
  ArraySpec spec;
  spec.dac.input = input;
  spec.adc.bits = 24;
  return spec;
}

inline Array<double> made(const DeviceSpec& device, const ArraySpec& spec,
                          CellPath path = CellPath::WhereNeeded) {
  static const std::vector<double> weights = doubles(some_weights(cell_rows * cell_cols));
  return {WeightBlock<double>{weights, cell_rows, cell_cols, cell_cols}, device, spec, {.layer = "a"}, path};
}

inline double gap(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double most = 0.0, size = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    most = std::max(most, std::fabs(a[i] - b[i]));
    size = std::max(size, std::fabs(b[i]));
  }
  REQUIRE(size > 0.0);
  return most / size;
}

/// [column][read] of one vector in one pass, through an ADC whose steps do not show.
inline std::vector<std::vector<double>> reads_of(const Array<double>& array, const std::vector<double>& codes,
                                                 std::size_t reads, bool new_passes = false) {
  const std::vector<double> ranges{40.0};
  std::vector<MvmId> ids;
  for (std::uint32_t i = 0; i < reads; ++i) ids.push_back(new_passes ? MvmId{i, 0} : MvmId{3, i});
  std::vector<double> y(reads * array.cols());
  array.mvm(codes.data(), 0, ids, ranges, y.data(), array.cols());
  std::vector<std::vector<double>> of(array.cols());
  const double unit = ranges[0] / static_cast<double>((1 << 23) - 1);
  for (std::size_t i = 0; i < y.size(); ++i) of[i % array.cols()].push_back(y[i] * unit);
  return of;
}

}  // namespace mimosa
