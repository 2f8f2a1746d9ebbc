// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/crossbar/array_spec.hpp"
#include "models/crossbar/cells.hpp"
#include "models/device/device_spec.hpp"

namespace mimosa {

/// A row-major view of a block of weights in −1 … 1.
template <class T>
struct WeightBlock {
  std::span<const T> values;
  std::size_t rows = 0, cols = 0, stride = 0;
};

/// What one conversion reads: column sums of one weight slice (four phases: of one polarity of it). Values
/// are over g_max; a unit column, where there is one, stands last.
template <class T>
struct Plane {
  std::vector<T> weights;    ///< [rows][cols], with the wires
  std::vector<T> variances;  ///< of the white noise of one MVM at full input; empty without
  double coefficient = 1.0;
  std::size_t slice = 0;
};

template <class T>
struct ProgrammedPlanes {
  std::vector<Plane<T>> planes;
  std::size_t cols = 0;               ///< of a plane: the block's, and a unit column
  double clamped_read_gap = 0.0;      ///< see Array
  std::vector<double> drift_factors;  ///< one, or one a column: mean |w| after programming over mean |w| now
};

/// Programs the cells of a block: targets, cells, wires. UserError names the layer where a weight is not
/// finite or the wires cannot be treated.
template <class T>
[[nodiscard]] ProgrammedPlanes<T> program_planes(const WeightBlock<T>& weights, const DeviceSpec& device,
                                                 const ArraySpec& spec, const ArraySite& site);

}  // namespace mimosa
