// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "hw/program/program.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

// Rows: a node's value in one pass is slots · height rows of width · channels numbers, row = slot · height +
// y.

[[nodiscard]] int row_count(const Node& node);
[[nodiscard]] int row_size(const Node& node);

/// Node of that name; the name comes from a program made for this graph.
[[nodiscard]] int node_index(const Graph& graph, const std::string& name);

/// The node whose rows feed the arrays of a stage: the input of its analog node (of the bind for stacked
/// circulants).
[[nodiscard]] int array_input(const Graph& graph, const Stage& stage);

/// Word lines × bit lines of a stage's whole matrix.
struct MatrixShape {
  int rows = 0, cols = 0;
};
[[nodiscard]] MatrixShape matrix_shape(const Graph& graph, const Node& analog);
[[nodiscard]] MatrixShape matrix_shape(const Graph& graph, const Stage& stage);

/// Rows of `array_input` that an iteration of a block reads, ascending. A block that holds only some kernel
/// rows needs only their input rows.
[[nodiscard]] std::vector<int> array_rows(const Graph& graph, const Stage& stage, const Block& block,
                                          int iteration);

/// One value from outside the stage that its vector unit reads, by which node and as which of its inputs.
struct Operand {
  int node = 0, reader = 0, input = 0;
};
[[nodiscard]] std::vector<Operand> operands(const Graph& graph, const Stage& stage);
/// Rows of `operand.node` that an iteration reads, in the order the reader sums them.
[[nodiscard]] std::vector<int> operand_rows(const Graph& graph, const Stage& stage, const Operand& operand,
                                            int iteration);
/// Rows of a node's input number `input` that its output row needs (operations of the vector unit).
[[nodiscard]] std::vector<int> input_rows(const Graph& graph, const Node& reader, int row, int input = 0);
/// Rows of every node of a stage that an iteration makes; none where it only takes rows into a state.
[[nodiscard]] std::vector<int> rows_made(const Stage& stage, int iteration);

/// Replica that runs an iteration. Iterations are dealt in the order rows are made, all slots of a row before
/// the next row: replicas work side by side on what a bundle needs next.
[[nodiscard]] int replica_of(const Stage& stage, int iteration, int replicas);

/// True for operations that need other rows than their own: they start a stage of their own.
[[nodiscard]] bool gathers_rows(const Graph& graph, const Node& node);

/// How many row blocks add up in a column block.
[[nodiscard]] int row_blocks(const Stage& stage);

/// Number of terms of a stage: blocks and sums.
[[nodiscard]] int term_count(const Stage& stage);
/// Bit lines of a term.
struct Columns {
  int first = 0, count = 0;
};
[[nodiscard]] Columns columns_of(const Stage& stage, int term);
/// Terms that no sum takes, in the order the stage's home adds them; as many for every column.
[[nodiscard]] std::vector<int> home_terms(const Stage& stage);
/// Terms among `home_terms` that add up in a column.
[[nodiscard]] int home_terms_per_column(const Stage& stage);

}  // namespace mimosa
