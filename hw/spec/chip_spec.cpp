// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/chip_spec.hpp"

#include <cmath>
#include <cstdlib>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

/// Rounded up; a billionth of a cycle is taken for rounding of the product.
std::int64_t whole_cycles(double ns, const ChipSpec& chip) {
  return static_cast<std::int64_t>(std::ceil(ns * chip.clock_ghz - 1e-9));
}

}  // namespace

int mesh_hops(int from, int to, const MeshSpec& mesh) {
  return std::abs(from / mesh.cols - to / mesh.cols) + std::abs(from % mesh.cols - to % mesh.cols);
}

std::int64_t mvm_latency_cycles(const ChipSpec& chip) {
  const double more = (reads_per_mvm(chip.analog) - 1) * chip.mvm.interval_ns;
  return whole_cycles(chip.mvm.latency_ns + more, chip);
}

std::int64_t mvm_interval_cycles(const ChipSpec& chip) {
  return whole_cycles(reads_per_mvm(chip.analog) * chip.mvm.interval_ns, chip);
}

void check(const ChipSpec& spec) {
  check(spec.analog);
  if (logical_cols(spec.analog, spec.array.cols) < 1)
    throw UserError("chip.array.cols: " + std::to_string(spec.array.cols) +
                    " pairs of bit lines hold no whole weight with chip.weights as given; use more columns, "
                    "fewer pairs or "
                    "larger cell_bits");
  const double cycle_ns = 1.0 / spec.clock_ghz;
  if (spec.mvm.latency_ns < cycle_ns || spec.mvm.interval_ns < cycle_ns)
    throw UserError("chip.mvm: latency_ns and interval_ns must be at least one clock cycle (" +
                    std::to_string(cycle_ns) + " ns)");
  if (spec.mvm.interval_ns > spec.mvm.latency_ns)
    throw UserError("chip.mvm.interval_ns: must not exceed latency_ns (" +
                    std::to_string(spec.mvm.latency_ns) + ")");
}

}  // namespace mimosa
