// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "models/nn/graph.hpp"
#include "sim/run/attention_result.hpp"

namespace mimosa {

/// Work per sequence of a program with attention; none for other networks.
[[nodiscard]] std::optional<AttentionResult> attention_work(const Graph& graph, const Program& program,
                                                            const ChipSpec& chip);

}  // namespace mimosa
