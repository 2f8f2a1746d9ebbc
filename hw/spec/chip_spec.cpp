// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/chip_spec.hpp"

#include <cstdlib>

#include "hw/spec/mvm_timing.hpp"
#include "models/base/error.hpp"

namespace mimosa {
int mesh_hops(int from, int to, const MeshSpec& mesh) {
  return std::abs(from / mesh.cols - to / mesh.cols) + std::abs(from % mesh.cols - to % mesh.cols);
}

void check(const ChipSpec& spec) {
  check(spec.analog);
  if (logical_cols(spec.analog, spec.array.cols) < 1)
    throw UserError("chip.array.cols: " + std::to_string(spec.array.cols) +
                    " pairs of bit lines hold no whole weight with chip.weights as given; use more columns, "
                    "fewer pairs or "
                    "larger cell_bits");
  check_mvm_cost(spec);
}

}  // namespace mimosa
