// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "models/crossbar/array_spec.hpp"

namespace mimosa {

/// What one matrix-vector multiplication of a block does to its array, of the cells and lines it uses alone.
struct MvmEvents {
  std::int64_t drives = 0;       ///< word lines times applications of inputs
  std::int64_t cell_reads = 0;   ///< cells times applications
  std::int64_t conversions = 0;  ///< column sums sampled, digitised, shifted and added
  std::int64_t results = 0;      ///< logical columns
};
/// Of `rows` word lines and `cols` logical columns. A pair is two cells, subtracted before the ADC; parallel
/// cells share a bit line's conversion.
[[nodiscard]] MvmEvents events_per_mvm(const ArraySpec& spec, int rows, int cols);
/// Column sums of one application of inputs: slices of the logical columns, and the unit column's.
[[nodiscard]] int conversions_per_read(const ArraySpec& spec, int cols);

}  // namespace mimosa
