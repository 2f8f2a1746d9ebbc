// SPDX-License-Identifier: Apache-2.0
#include "hw/program/geometry.hpp"

#include <algorithm>
#include <stdexcept>

#include "hw/program/signed_copies.hpp"
#include "models/nn/sequence.hpp"

namespace mimosa {
namespace {

const Node& node_at(const Graph& graph, int index) {
  return graph.nodes[static_cast<std::size_t>(index)];
}

/// Rows [first, last] of one slot's map that exist, as row indices; the nearest one where all are padding, so
/// that no iteration of a pass starts before the pass is on the chip.
std::vector<int> window(const Node& input, int slot, int first, int last) {
  first = std::min(first, input.shape.height - 1);
  last = std::max(last, 0);
  std::vector<int> rows;
  for (int y = std::max(first, 0); y <= std::min(last, input.shape.height - 1); ++y)
    rows.push_back(slot * input.shape.height + y);
  return rows;
}

}  // namespace

int row_count(const Node& node) {
  return node.slots * node.shape.height;
}

int row_size(const Node& node) {
  return node.shape.width * node.shape.channels;
}

int node_index(const Graph& graph, const std::string& name) {
  const int index = graph.find(name);
  if (index < 0) throw std::logic_error("program names a node that the network lacks: " + name);
  return index;
}

int array_input(const Graph& graph, const Stage& stage) {
  const Node* node = &node_at(graph, node_index(graph, stage.analog));
  if (node->op == OpKind::Bundle) node = &node_at(graph, node->inputs[0]);
  return node->inputs[0];
}

MatrixShape matrix_shape(const Graph& graph, const Node& analog) {
  const Node& input = node_at(graph, analog.inputs[0]);
  switch (analog.op) {
    case OpKind::Conv2d:
      return {analog.kernel * analog.kernel * input.shape.channels, analog.shape.channels};
    case OpKind::Linear:
      return {input.shape.channels, analog.shape.channels};
    case OpKind::Unbind:
      return {input.shape.channels, analog.slots * analog.shape.channels};
    case OpKind::Bundle:
      return {input.slots * input.shape.channels, input.shape.channels};
    default:
      throw std::logic_error("not an analog operation: " + analog.name);
  }
}

MatrixShape matrix_shape(const Graph& graph, const Stage& stage) {
  if (!stage.signed_copies) return matrix_shape(graph, node_at(graph, node_index(graph, stage.analog)));
  const SignedCopies copies = signed_copies(graph, stage);
  const int count = static_cast<int>(copies.slots.size());
  return {count * copies.inputs, count / copies.per_bundle * copies.outputs};
}

std::vector<int> array_rows(const Graph& graph, const Stage& stage, const Block& block, int iteration) {
  const Node& analog = node_at(graph, node_index(graph, stage.analog));
  const Node& input = node_at(graph, array_input(graph, stage));
  if (analog.op == OpKind::Linear || analog.op == OpKind::Unbind) return {iteration};
  std::vector<int> rows;
  if (stage.signed_copies) {
    const SignedCopies copies = signed_copies(graph, stage);
    const int last = (block.row0 + block.rows - 1) / copies.inputs;
    for (int copy = block.row0 / copies.inputs; copy <= last; ++copy)
      rows.push_back(copies.slots[static_cast<std::size_t>(copy)] * input.shape.height + iteration);
    std::sort(rows.begin(), rows.end());
    return rows;
  }
  if (analog.op == OpKind::Bundle) {
    const int first_slot = block.row0 / input.shape.channels;
    const int last_slot = (block.row0 + block.rows - 1) / input.shape.channels;
    for (int slot = first_slot; slot <= last_slot && slot - first_slot < input.slots; ++slot)
      rows.push_back(slot % input.slots * input.shape.height + iteration);  // slot j holds input j mod n
    std::sort(rows.begin(), rows.end());
    return rows;
  }
  const int tap_row = analog.kernel * input.shape.channels;  // word lines per kernel row
  const int top = iteration % analog.shape.height * analog.stride - analog.padding;
  return window(input, iteration / analog.shape.height, top + block.row0 / tap_row,
                top + (block.row0 + block.rows - 1) / tap_row);
}

std::vector<Operand> operands(const Graph& graph, const Stage& stage) {
  std::vector<Operand> found;
  const auto inside = [&](int node) {
    const std::string& name = node_at(graph, node).name;
    return name == stage.result ||
           std::find(stage.digital.begin(), stage.digital.end(), name) != stage.digital.end();
  };
  for (const std::string& name : stage.digital) {
    const int reader = node_index(graph, name);
    const std::vector<int>& inputs = node_at(graph, reader).inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (!inside(inputs[i]))
        found.push_back({.node = inputs[i], .reader = reader, .input = static_cast<int>(i)});
  }
  return found;
}

int replica_of(const Stage& stage, int iteration, int replicas) {
  const int height = stage.iterations / stage.slots;
  return (iteration % height * stage.slots + iteration / height) % replicas;
}

std::vector<int> rows_made(const Stage& stage, int iteration) {
  const int positions = stage.recurrence.positions;
  int first = iteration;
  if (positions > 0) {
    const RecurrenceStep now = step_of(stage.recurrence, iteration);
    if (now.absorbs) return {};
    first = now.position;
  }
  std::vector<int> rows;  // of one slot, or of all slots at one position
  const int height = positions > 0 ? positions : stage.iterations;
  for (int r = 0; r < stage.rows_per_iteration; ++r) rows.push_back(first + r * height);
  return rows;
}

std::vector<int> input_rows(const Graph& graph, const Node& reader, int row, int which) {
  const Node& input = node_at(graph, reader.inputs[static_cast<std::size_t>(which)]);
  const int slot = row / reader.shape.height, y = row % reader.shape.height;
  switch (reader.op) {
    case OpKind::Bundle: {
      std::vector<int> rows;
      for (int s = 0; s < input.slots; ++s) rows.push_back(s * input.shape.height + y);
      return rows;
    }
    case OpKind::Hadamard:
      return {static_cast<int>(source_slot(graph, reader, static_cast<std::size_t>(slot))) *
                  input.shape.height +
              y};
    case OpKind::GridSum: {
      std::vector<int> rows;
      for (const int s : summed_slots(graph, reader, slot)) rows.push_back(s * input.shape.height + y);
      return rows;
    }
    case OpKind::Row:
      return {slot * input.shape.height +
              (reader.sequence.index < 0 ? input.shape.height - 1 : reader.sequence.index)};
    case OpKind::Attention:  // keys and values go into the state
      return which == 0 ? std::vector{slot % graph.grid.n * input.shape.height + y} : std::vector<int>{};
    case OpKind::SoftmaxAttention:
      if (which == 0) return {row};
      return window(input, slot, 0, std::max(y, mutual_positions(reader.sequence, input.shape.height) - 1));
    case OpKind::Bind:
      return {slot % input.slots * input.shape.height + y};
    case OpKind::Merge: {
      std::vector<int> rows;
      for (int s = slot; s < input.slots; s += reader.slots) rows.push_back(s * input.shape.height + y);
      return rows;
    }
    case OpKind::AvgPool:
    case OpKind::MaxPool: {
      if (reader.kernel == 0) return window(input, slot, 0, input.shape.height - 1);
      const int top = y * reader.stride - reader.padding;
      return window(input, slot, top, top + reader.kernel - 1);
    }
    case OpKind::Flatten:
      return window(input, slot, 0, input.shape.height - 1);
    default:
      return {row};
  }
}

std::vector<int> operand_rows(const Graph& graph, const Stage& stage, const Operand& operand, int iteration) {
  std::vector<int> rows;
  const Node& reader = node_at(graph, operand.reader);
  if (reader.op == OpKind::Attention && operand.input > 0) {
    const RecurrenceStep now = step_of(stage.recurrence, iteration);
    const Node& bundles = node_at(graph, operand.node);
    for (int m = 0; now.absorbs && m < bundles.slots; ++m)
      rows.push_back(m * bundles.shape.height + now.position);
    return rows;
  }
  for (const int row : rows_made(stage, iteration)) {
    const std::vector<int> more = input_rows(graph, reader, row, operand.input);
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

bool gathers_rows(const Graph& graph, const Node& node) {
  switch (node.op) {
    case OpKind::Bundle:
    case OpKind::AvgPool:
    case OpKind::MaxPool:
    case OpKind::GridSum:
    case OpKind::Attention:
    case OpKind::SoftmaxAttention:
    case OpKind::Row:
      return true;
    case OpKind::Bind:
    case OpKind::Merge:
    case OpKind::Hadamard:
      return node.slots != node_at(graph, node.inputs[0]).slots;
    case OpKind::Flatten:
      return node_at(graph, node.inputs[0]).shape.height > 1 ||
             node_at(graph, node.inputs[0]).shape.width > 1;
    default:
      return false;
  }
}

int row_blocks(const Stage& stage) {
  return static_cast<int>(
      std::count_if(stage.blocks.begin(), stage.blocks.end(), [](const Block& b) { return b.col0 == 0; }));
}

int term_count(const Stage& stage) {
  return static_cast<int>(stage.blocks.size() + stage.sums.size());
}

Columns columns_of(const Stage& stage, int term) {
  const auto t = static_cast<std::size_t>(term), blocks = stage.blocks.size();
  if (t < blocks) return {stage.blocks[t].col0, stage.blocks[t].cols};
  return {stage.sums[t - blocks].col0, stage.sums[t - blocks].cols};
}

std::vector<int> home_terms(const Stage& stage) {
  std::vector<bool> taken(static_cast<std::size_t>(term_count(stage)), false);
  for (const Sum& sum : stage.sums)
    for (const int term : sum.terms) taken[static_cast<std::size_t>(term)] = true;
  std::vector<int> terms;
  for (std::size_t t = 0; t < taken.size(); ++t)
    if (!taken[t]) terms.push_back(static_cast<int>(t));
  return terms;
}

int home_terms_per_column(const Stage& stage) {
  int count = 0;
  for (const int term : home_terms(stage)) count += columns_of(stage, term).first == 0 ? 1 : 0;
  return count;
}

}  // namespace mimosa
