// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// The tree along which a stage's partial sums are reduced, column by column of its blocks: neighbours in
/// groups of at most `fan_in`, as even as possible, level by level until the home has at most `fan_in` terms
/// in all or one a column. Empty where the home can add all blocks itself. The shape depends on the blocks
/// alone.
[[nodiscard]] std::vector<Sum> reduction_tree(const Stage& stage, const ChipSpec& chip, int fan_in);

/// Work of adding terms `terms` of `cols` bit lines in one iteration.
[[nodiscard]] VectorWork sum_work(const Stage& stage, const std::vector<int>& terms, int cols,
                                  const ChipSpec& chip);

/// Bytes of one number of a term: an array's result or, in the vector unit's format, a sum.
[[nodiscard]] int term_bytes(const Stage& stage, int term, const ChipSpec& chip);

}  // namespace mimosa
