// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "models/crossbar/planes.hpp"

namespace mimosa {

/// Cells of one polarity of one slice [rows][cols of the plane], over g_max: means of the parallel cells.
struct SliceCells {
  std::vector<double> programmed, now;
  std::vector<double> variance, held_variance, pass_variance;  ///< empty without
  std::vector<double> square, cube;                            ///< of x |x| and x³; empty without
  std::vector<SwitchingCells> switching;
  std::vector<ReadCells> read;  ///< of each parallel cell; empty where they are not needed apart
};

/// Programs the cells of a block slice by slice. All arguments outlive it.
template <class T>
class SliceProgrammer {
 public:
  /// `keeps_cells`: for reads cell by cell, of cells that are not bent here.
  SliceProgrammer(const WeightBlock<T>& weights, const DeviceSpec& device, const ArraySpec& spec,
                  const ArraySite& site, bool keeps_cells);
  /// Slice number `index`; polarity 0 positive or offset, 1 negative.
  [[nodiscard]] SliceCells program(const WeightSlice& slice, std::size_t index, int polarity);
  /// Of all slices so far.
  [[nodiscard]] const PulseCount& pulses() const { return pulses_; }
  /// Columns of a plane: the block's and a unit column.
  [[nodiscard]] std::size_t cols() const { return cols_; }

 private:
  [[nodiscard]] double conductance(double level) const { return g_min_ + level * (1.0 - g_min_); }
  void add_block(SliceCells& out, const WeightSlice& slice, int polarity, std::uint32_t part);
  void add_unit_column(SliceCells& out, const WeightSlice& slice, std::uint32_t part);
  void add_switching(SliceCells& out, const CellProgrammer& programmer, std::size_t cols, bool unit) const;
  const CellRow& add_row(SliceCells& out, std::size_t first, std::vector<double> targets,
                         CellProgrammer& programmer, std::size_t row);
  void add_variances(const std::vector<double>& of_row, std::size_t first, std::vector<double>& sum,
                     std::size_t size) const;
  [[nodiscard]] ReadCells apart(const SliceCells& cells) const;
  void bend(SliceCells& cells) const;

  const WeightBlock<T>& weights_;
  const DeviceSpec& device_;
  const ArraySpec& spec_;
  const ArraySite& site_;
  bool keeps_cells_, has_unit_;
  std::size_t cols_;
  double g_min_;
  PulseCount pulses_;
};

extern template class SliceProgrammer<float>;
extern template class SliceProgrammer<double>;

}  // namespace mimosa
