// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "hw/program/program.hpp"
#include "sim/config/experiment.hpp"
#include "sim/run/result.hpp"

namespace mimosa {

/// Layer × effect: whether what the configuration asks for reaches the layer, and if not, why.
[[nodiscard]] std::vector<ValidityRow> validity_table(const Program& program, const Experiment& experiment);

/// Whether chip.vector.bundle reaches the bundles; empty where it is `same`.
[[nodiscard]] std::vector<ValidityRow> bundle_validity(const Graph& graph, const Program& program,
                                                       const VectorSpec& vector);

/// How read noise is drawn: by the law of a column's sum, cell by cell in all layers, or in some.
[[nodiscard]] std::string noise_path(const Program& program, const Experiment& experiment);

}  // namespace mimosa
