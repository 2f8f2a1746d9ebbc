// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/crossbar/array_spec.hpp"
#include "models/crossbar/cells.hpp"
#include "models/crossbar/pulse_count.hpp"
#include "models/device/device_spec.hpp"

namespace mimosa {

/// A row-major view of a block of weights in −1 … 1.
template <class T>
struct WeightBlock {
  std::span<const T> values;
  std::size_t rows = 0, cols = 0, stride = 0;
};

/// Devices of one part of a plane that switch between two conductances.
struct SwitchingCells {
  std::uint64_t key = 0;
  double sign = 1.0;             ///< of the part in the plane, over g_max and the number of parallel cells
  std::vector<Telegraph> cells;  ///< [rows][cols]
  std::size_t cols = 0;          ///< of the block, or 1
  bool unit = false;             ///< the unit column's, whose cells are numbered by their rows
};

/// Cells of one polarity of a slice, of one of its parallel pairs, in uS [rows][cols of the plane].
struct ReadCells {
  double sign = 1.0;  ///< of its currents in the plane, over the number of parallel cells
  std::vector<double> now_us;
  std::vector<double> white_us2, mvm_us2, pass_us2;  ///< variances, see CellRow; empty without
  std::vector<SwitchingCells> switching;             ///< empty without
};

/// Whether column sums are made cell by cell: where they must (combinations.hpp), or always.
enum class CellPath { WhereNeeded, Always };

/// What one conversion reads: column sums of one weight slice (four phases: of one polarity of it). Values
/// are over g_max; a unit column, where there is one, stands last. With `cells`, only the coefficient, the
/// weights (without wires and bends) and the noise of currents stand beside them.
template <class T>
struct Plane {
  std::vector<T> weights;    ///< [rows][cols], with the wires
  std::vector<T> variances;  ///< of the white noise of one MVM at full input; empty without
  /// Of noise redrawn every MVM and constant during it, so that it grows with x² whatever the drive; empty
  /// without, or with voltage inputs, where it stands in `variances`.
  std::vector<T> held_variances;
  /// Thermal and shot noise of the currents: of a column whatever the inputs, and of a cell, growing with |x|
  /// (pulse widths: in `variances`); empty without.
  std::vector<T> column_variances, shot_variances;
  std::vector<T> square, cube;            ///< of x |x| and x³ where cells bend (voltage inputs); else empty
  std::vector<T> pass_sigmas;             ///< of the noise redrawn every pass; empty without
  std::vector<SwitchingCells> switching;  ///< telegraph noise: of each part of the plane; else empty
  std::vector<ReadCells> cells;           ///< where column sums are made cell by cell
  double coefficient = 1.0;
  std::size_t slice = 0;
};

template <class T>
struct ProgrammedPlanes {
  std::vector<Plane<T>> planes;
  std::size_t cols = 0;               ///< of a plane: the block's, and a unit column
  double clamped_read_gap = 0.0;      ///< see Array
  std::vector<double> drift_factors;  ///< one, or one a column: mean |w| after programming over mean |w| now
  std::vector<double> row_ns;         ///< conductance of all cells of a row, whole nS
  PulseCount pulses;
};

/// Programs the cells of a block: targets, cells, wires. UserError names the layer where a weight is not
/// finite or the wires cannot be treated.
template <class T>
[[nodiscard]] ProgrammedPlanes<T> program_planes(const WeightBlock<T>& weights, const DeviceSpec& device,
                                                 const ArraySpec& spec, const ArraySite& site,
                                                 CellPath path = CellPath::WhereNeeded);

}  // namespace mimosa
