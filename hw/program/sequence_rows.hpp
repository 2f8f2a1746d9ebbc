// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/program/pass_state.hpp"
#include "hw/program/program.hpp"
#include "models/digital/rounding.hpp"
#include "models/nn/reference_ops.hpp"

namespace mimosa {

/// Number formats of a tile's two digital units.
struct UnitRounding {
  Rounding vector, matrix;
};

/// Computes one row of a node on sequences (`is_sequence_op`) but linear attention.
void sequence_row(PassState& state, const Graph& graph, int node, const NodeWeights& weights, int pass,
                  int row, const UnitRounding& rounding);

/// One iteration of the linear attention of a stage.
struct Attending {
  int node = 0, stage = 0;
  RecurrenceStep step;
};
/// Takes a position into the state, or makes its rows.
void attend(PassState& state, const Graph& graph, const Attending& at, int pass,
            const UnitRounding& rounding);

}  // namespace mimosa
