// SPDX-License-Identifier: Apache-2.0
#include "hw/program/geometry.hpp"
#include "sim/compiler/reduce.hpp"
#include "sim/compiler/replicate.hpp"

namespace mimosa {
namespace {

/// Steps (one element, one cycle of a lane) and operations of one element of a node.
struct PerElement {
  std::int64_t steps = 1, adds = 0, muls = 0, specials = 0;
};

PerElement per_element(const Graph& graph, const Node& node) {
  const auto terms = static_cast<std::int64_t>(input_rows(graph, node, 0).size());
  const Node& input = graph.nodes[static_cast<std::size_t>(node.inputs[0])];
  switch (node.op) {
    case OpKind::BatchNorm:
      return {.steps = 1, .adds = 1, .muls = 1};
    case OpKind::Relu:
    case OpKind::Add:
      return {.steps = 1, .adds = 1};
    case OpKind::Prelu:
      return {.steps = 1, .adds = 1, .muls = 1};
    case OpKind::Sigmoid:
    case OpKind::Tanh:
      return {.steps = 1, .specials = 1};
    case OpKind::Bind: {  // direct circular convolution: one multiply-add per channel
      const std::int64_t channels = node.shape.channels;
      return {.steps = channels, .adds = channels, .muls = channels};
    }
    case OpKind::Bundle:
      return {.steps = terms - 1, .adds = terms - 1};
    case OpKind::Merge:
      if (!gathers_rows(graph, node)) return {.steps = 0};
      return {.steps = terms, .adds = terms - 1, .muls = 1};
    case OpKind::AvgPool:
    case OpKind::MaxPool: {
      const std::int64_t window = node.kernel == 0
                                      ? static_cast<std::int64_t>(input.shape.height) * input.shape.width
                                      : static_cast<std::int64_t>(node.kernel) * node.kernel;
      if (node.op == OpKind::MaxPool) return {.steps = window, .adds = window};
      return {.steps = window + 1, .adds = window, .muls = 1};
    }
    case OpKind::Flatten:
      return {.steps = gathers_rows(graph, node) ? 1 : 0};
    default:
      return {.steps = 0};
  }
}

void add_elements(VectorWork& work, std::int64_t elements, const PerElement& each, int lanes) {
  work.cycles += (elements * each.steps + lanes - 1) / lanes;
  work.adds += elements * each.adds;
  work.muls += elements * each.muls;
  work.specials += elements * each.specials;
}

}  // namespace

VectorWork vector_work(const Graph& graph, const Stage& stage, const ChipSpec& chip) {
  VectorWork work{.cycles = chip.vector.latency_cycles};
  const std::int64_t value_bytes = bytes_of(chip.vector.format);
  if (!stage.analog.empty()) {
    const Node& result = graph.nodes[static_cast<std::size_t>(node_index(graph, stage.result))];
    const std::int64_t elements = static_cast<std::int64_t>(stage.rows_per_iteration) * row_size(result);
    // One multiply-add a term where several add up, and one for scale and shift.
    const int terms = home_terms_per_column(stage);
    const std::int64_t steps = terms == 1 ? 1 : terms + 1;
    add_elements(work, elements, {.steps = steps, .adds = steps, .muls = steps}, chip.vector.lanes);
    // The array's shift-and-add units work in its shadow: energy, no cycles.
    work.adds += elements * row_blocks(stage) * adds_per_column(chip.analog);
    for (const int term : home_terms(stage))
      work.read_bytes += static_cast<std::int64_t>(stage.mvms) * columns_of(stage, term).count *
                         term_bytes(stage, term, chip);
  }
  for (const std::string& name : stage.digital) {
    const Node& node = graph.nodes[static_cast<std::size_t>(node_index(graph, name))];
    const std::int64_t elements = static_cast<std::int64_t>(stage.rows_per_iteration) * row_size(node);
    add_elements(work, elements, per_element(graph, node), chip.vector.lanes);
  }
  for (const Operand& operand : operands(graph, stage)) {
    const Node& node = graph.nodes[static_cast<std::size_t>(operand.node)];
    work.read_bytes += static_cast<std::int64_t>(operand_rows(graph, stage, operand, 0).size()) *
                       row_size(node) * value_bytes;
  }
  for (const std::string& name : stage.exports) {
    const Node& node = graph.nodes[static_cast<std::size_t>(node_index(graph, name))];
    work.write_bytes += static_cast<std::int64_t>(stage.rows_per_iteration) * row_size(node) * value_bytes;
  }
  return work;
}

}  // namespace mimosa
