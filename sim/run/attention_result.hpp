// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mimosa {

/// Work of a network with attention per sequence: products with stationary matrices, which are in arrays, and
/// products of two changing values, which are in matrix units.
struct AttentionResult {
  int grid_m = 0, grid_n = 0;  ///< sequences of a pass; 0 × 0: the network has no grid
  std::string signs;           ///< where the grid's keys act on q, k and v; empty: it has none
  double array_macs = 0.0, matrix_macs = 0.0;  ///< as the program executes them
  /// The same from the sizes alone (models/nn/counts.cpp); of softmax, pairs of positions that attend.
  double stationary_macs = 0.0, state_macs = 0.0, numerator_macs = 0.0, denominator_macs = 0.0,
         softmax_macs = 0.0;
  /// Cycles of the busiest stage whose products are in a matrix unit, and of the busiest with arrays: no
  /// interval between passes is below either.
  double matrix_cycles = 0.0, array_cycles = 0.0;
  double matrix_energy_j = 0.0;

  [[nodiscard]] double stationary_share() const {
    return array_macs > 0.0 ? array_macs / (array_macs + matrix_macs) : 0.0;
  }
};

}  // namespace mimosa
