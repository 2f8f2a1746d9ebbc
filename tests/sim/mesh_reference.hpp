// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "tests/sim/mesh_bench.hpp"

namespace mimosa {

/// The mesh again, flit by flit and cycle by cycle, sharing no code with it: the delivery cycle of each
/// packet of a schedule, by tag. Throws std::runtime_error when a flit is missing in a stream or nothing
/// arrives for long.
[[nodiscard]] std::vector<std::int64_t> reference_deliveries(const MeshSpec& shape, const NocSpec& noc,
                                                             const std::vector<Timed>& schedule);

}  // namespace mimosa
