// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "models/digital/ops.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

/// ⌈log2 N⌉ for a bundle of N slots that integers hold in a format of its own (chip.vector.bundle); else 0.
[[nodiscard]] int bundle_bits(const Graph& graph, const Node& node, const VectorSpec& vector);
/// What the vector unit rounds to while it computes a node, and what the node's values are stored as.
[[nodiscard]] Rounding working_format(const Graph& graph, const Node& node, const VectorSpec& vector);
[[nodiscard]] Rounding stored_format(const Graph& graph, const Node& node, const VectorSpec& vector);
/// What codes of a stage's arrays are added up in: integers as fine as hold the sum of all terms of a column,
/// twice as large for drift compensation, and no finer than 1 / 2^15 nor coarser than a code; else the unit's
/// format.
[[nodiscard]] Rounding sum_format(const Stage& stage, const ChipSpec& chip);
/// Bytes of one stored row of a node, its numbers packed.
[[nodiscard]] int stored_row_bytes(const Graph& graph, const Node& node, const VectorSpec& vector);

}  // namespace mimosa
