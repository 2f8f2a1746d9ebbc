// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/mvm_events.hpp"

namespace mimosa {

int conversions_per_read(const ArraySpec& spec, int cols) {
  const auto slices = static_cast<int>(weight_slices(spec.weights).size());
  return slices * (cols + (has_unit_column(spec.weights) ? 1 : 0));
}

MvmEvents events_per_mvm(const ArraySpec& spec, int rows, int cols) {
  const std::int64_t reads = reads_per_mvm(spec), sums = conversions_per_read(spec, cols);
  const std::int64_t polarities = spec.weights.scheme == WeightScheme::Pair && spec.read.phases != 4 ? 2 : 1;
  return {.drives = reads * rows,
          .cell_reads = reads * rows * sums * spec.weights.pairs * polarities,
          .conversions = reads * sums,
          .results = cols};
}

}  // namespace mimosa
