// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/chip_spec.hpp"

#include "models/base/error.hpp"

namespace mimosa {

void check(const ChipSpec& spec) {
  const double cycle_ns = 1.0 / spec.clock_ghz;
  if (spec.mvm.latency_ns < cycle_ns || spec.mvm.interval_ns < cycle_ns)
    throw UserError("chip.mvm: latency_ns and interval_ns must be at least one clock cycle (" +
                    std::to_string(cycle_ns) + " ns)");
  if (spec.mvm.interval_ns > spec.mvm.latency_ns)
    throw UserError("chip.mvm.interval_ns: must not exceed latency_ns (" +
                    std::to_string(spec.mvm.latency_ns) + ")");
}

}  // namespace mimosa
