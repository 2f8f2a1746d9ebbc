// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "models/crossbar/wires.hpp"

namespace mimosa {

/// `effective_conductances` and `noise_attenuations` of the whole InputSource network. A line of word or bit
/// cells is eliminated at a time: memory of a few cols² (attenuations: 2 √rows · cols²) doubles.
[[nodiscard]] std::vector<double> exact_conductances(const CellGrid& cells, const WireSpec& wires);
[[nodiscard]] std::vector<double> exact_attenuations(const CellGrid& cells, const WireSpec& wires);

}  // namespace mimosa
