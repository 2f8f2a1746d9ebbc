// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/device/device_spec.hpp"
#include "models/device/programmed_rows.hpp"
#include "models/device/programming.hpp"

namespace mimosa {

/// Which cells these are: the block of a layer's matrix at (row0, col0) in one replica on one chip sample.
struct ArraySite {
  std::uint64_t seed = 1;
  std::uint32_t chip = 0;
  std::string layer;
  std::uint32_t replica = 0;
  int row0 = 0, col0 = 0;
  ProgrammedRows* programmed = nullptr;  ///< takes and keeps rows as programmed; null: there is none
  int layer_rows = 0,
      layer_cols = 0;  ///< of the whole matrix; a weight's random index is row · layer_cols + col
};

/// A device that switches between now_us and now_us − drop_us (device/telegraph.hpp).
struct Telegraph {
  float drop_us = 0.0F, rate_hz = 0.0F, high_share = 1.0F;
};

/// One row of cells, conductances in uS. `part` of a weight's cells: polarity, bit slice, parallel pair.
struct CellRow {
  std::vector<double> programmed_us;      ///< what the programming left
  std::vector<double> now_us;             ///< at the device's time_s: aged, with the noise frozen for a run
  std::vector<double> pass_sigma_us;      ///< of the noise redrawn every pass; empty without
  std::vector<double> read_variance_us2;  ///< of the white noise of one MVM at full input; empty without
  std::vector<double> mvm_variance_us2;  ///< of noise redrawn every MVM and constant during it; empty without
  std::vector<Telegraph> telegraph;      ///< empty without
  std::vector<std::uint32_t> pulses;     ///< of programming; empty where the law counts none
};

/// Programs and ages the cells of one part of a block row by row, each with random numbers of its own. In
/// this order: levels, programming (or a fault, which nothing below but the read noise changes), ageing to
/// time_s, temperature, read disturb, frozen 1/f noise. A device's numbers do not depend on time_s: the same
/// seed gives its trajectory.
class CellProgrammer {
 public:
  /// UserError where the layer has more than 2^32 weights, or a fault map has another shape than the layer.
  CellProgrammer(const DeviceSpec& device, const ArraySite& site, std::size_t rows, std::size_t cols,
                 std::uint32_t part);
  /// Key of the telegraph noise of the part's devices, numbered as their weights.
  [[nodiscard]] std::uint64_t telegraph_key() const { return telegraph_key_; }
  /// Row `row` of the block, with targets in uS within g_min … g_max. The result is valid until the next
  /// call.
  const CellRow& program(std::size_t row, std::span<const double> targets_us) &;

 private:
  void set_targets(std::span<const double> targets_us);
  void age(std::uint32_t first);
  void change_by_environment();
  void apply_faults(std::size_t layer_row, std::uint32_t first);
  void add_telegraph(std::uint32_t first);

  DeviceSpec device_;
  CellRange range_;
  ArraySite site_;
  std::uint32_t part_;
  std::size_t layer_cols_;
  Programming programming_;
  Ageing ageing_;
  LowFrequency low_frequency_;
  FaultMap map_;
  double read_disturb_;
  std::uint64_t programming_key_, ageing_key_, frozen_key_, fault_key_, telegraph_key_;
  std::vector<double> targets_us_;
  std::vector<float> draws_;
  CellRow row_;
};

}  // namespace mimosa
