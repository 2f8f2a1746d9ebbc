// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "hw/program/geometry.hpp"
#include "hw/program/value_format.hpp"
#include "models/digital/fft.hpp"
#include "sim/compiler/reduce.hpp"
#include "sim/compiler/replicate.hpp"

namespace mimosa {
namespace {

/// Steps (one element, one cycle of a lane) and operations of one element of a node.
struct PerElement {
  std::int64_t steps = 1, adds = 0, muls = 0, specials = 0;
};

const Node& input_of(const Graph& graph, const Node& node, std::size_t number = 0) {
  return graph.nodes[static_cast<std::size_t>(node.inputs[number])];
}

/// Whether arrays alone read a node's result, through parts that move nothing (the heads of a row).
bool only_arrays_read(const Graph& graph, const Node& node) {
  const int index = node_index(graph, node.name);
  bool read = false;
  for (const Node& reader : graph.nodes) {
    if (std::count(reader.inputs.begin(), reader.inputs.end(), index) == 0) continue;
    const bool arrays = reader.op == OpKind::Conv2d || reader.op == OpKind::Linear;
    if (!arrays && (reader.op != OpKind::JoinHeads || !only_arrays_read(graph, reader))) return false;
    read = true;
  }
  return read;
}

PerElement per_feature(FeatureKind kind) {
  switch (kind) {
    case FeatureKind::Relu:  // the larger of two, and eps
      return {.steps = 2, .adds = 2};
    case FeatureKind::ExpQuery:  // the largest, its difference, exp, eps
      return {.steps = 4, .adds = 3, .specials = 1};
    case FeatureKind::ExpKey:  // the difference to the norm, exp, eps
      return {.steps = 3, .adds = 2, .specials = 1};
  }
  return {};
}

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
    case OpKind::Embed:
      return {.steps = 1, .adds = 1};
    case OpKind::LayerNorm:  // sum, sum of squares; centred and scaled; weight and bias
      return {.steps = 4, .adds = 4, .muls = 3};
    case OpKind::Hadamard:  // signs before a matrix in arrays: the converters of its inputs turn them
      if (node.sequence.bipolar && only_arrays_read(graph, node)) return {.steps = 0};
      return {.steps = 1, .muls = 1};
    case OpKind::GridSum:  // the factor goes with the last addition
      return {.steps = std::max<std::int64_t>(terms - 1, 1), .adds = terms - 1, .muls = 1};
    case OpKind::RandomFeatures:
      return per_feature(node.sequence.kind);
    case OpKind::Dpfp:  // rectified once, rolled and multiplied nu times
      return {.steps = 1, .muls = 1};
    case OpKind::Attention:
    case OpKind::SoftmaxAttention:  // a quotient is the numerator times a reciprocal
      return {.steps = 1, .muls = 1};
    case OpKind::Flatten:
      return {.steps = gathers_rows(graph, node) ? 1 : 0};
    default:
      return {.steps = 0};
  }
}

void add_macs(VectorWork& work, std::int64_t macs, const ChipSpec& chip) {
  work.macs += macs;
  work.cycles += (macs + chip.matrix.macs_per_cycle - 1) / chip.matrix.macs_per_cycle;
}

void add_elements(VectorWork& work, std::int64_t elements, const PerElement& each, int lanes) {
  work.cycles += (elements * each.steps + lanes - 1) / lanes;
  work.adds += elements * each.adds;
  work.muls += elements * each.muls;
  work.specials += elements * each.specials;
}

/// Work of one row that does not go by its elements: what is done once a position, and matrix products.
void add_per_row(VectorWork& work, const Graph& graph, const Node& node, const ChipSpec& chip) {
  const std::int64_t heads = node.shape.width, channels = node.shape.channels;
  switch (node.op) {
    case OpKind::LayerNorm:  // a reciprocal root
      return add_elements(work, heads, {.steps = 1, .specials = 1}, chip.vector.lanes);
    case OpKind::RandomFeatures:
      if (node.sequence.kind == FeatureKind::ExpKey)  // the norm
        add_elements(work, row_size(input_of(graph, node, 1)), {.steps = 1, .adds = 1, .muls = 1},
                     chip.vector.lanes);
      return;
    case OpKind::Attention:  // a reciprocal a head
      return add_elements(work, heads, {.steps = 1, .specials = 1}, chip.vector.lanes);
    case OpKind::SoftmaxAttention: {  // every pair of positions, masked ones too
      const Node& q = input_of(graph, node);
      const std::int64_t pairs = heads * q.shape.height;
      add_macs(work, pairs * (q.shape.channels + channels), chip);
      // Scale, the largest, its difference, exp, the sum of them; a reciprocal a head.
      add_elements(work, pairs, {.steps = 5, .adds = 3, .muls = 1, .specials = 1}, chip.vector.lanes);
      return add_elements(work, heads, {.steps = 1, .specials = 1}, chip.vector.lanes);
    }
    default:
      return;
  }
}

/// Matrix products of the rows of one position of linear attention: num of every n, den of every row.
void add_reading(VectorWork& work, const Graph& graph, const Node& node, const ChipSpec& chip) {
  const Node& q = input_of(graph, node);
  const std::int64_t features = std::int64_t{node.shape.width} * q.shape.channels;
  add_macs(work, features * (std::int64_t{q.slots} * node.shape.channels + node.slots), chip);
}

/// Bytes of tables that a node reads beside its inputs.
std::int64_t table_bytes(const Node& node, const ChipSpec& chip) {
  return node.op == OpKind::Embed ? std::int64_t{2} * row_size(node) * bytes_of(chip.vector.format) : 0;
}

/// Binding by Fourier transform: a lane does one addition or multiplication a cycle. A bind transforms a slot
/// and multiplies it with its key; a bundle of spectra transforms their sum back.
void add_transforms(VectorWork& work, const Graph& graph, const Node& node, int rows, int lanes) {
  const Node& input = graph.nodes[static_cast<std::size_t>(node.inputs[0])];
  FftWork each = fft_work(node.shape.channels);
  if (node.op == OpKind::Bind) {
    const FftWork product = spectral_product_work(node.shape.channels);
    each = {.adds = each.adds + product.adds, .muls = each.muls + product.muls};
  } else if (node.op != OpKind::Bundle || input.op != OpKind::Bind) {
    return;
  }
  add_elements(work, std::int64_t{rows} * node.shape.width,
               {.steps = each.adds + each.muls, .adds = each.adds, .muls = each.muls}, lanes);
}

}  // namespace

VectorWork absorb_work(const Graph& graph, const Node& attention, const ChipSpec& chip) {
  const Node &k = input_of(graph, attention, 1), &v = input_of(graph, attention, 2);
  const std::int64_t features = std::int64_t{k.slots} * row_size(k);
  VectorWork work{.cycles = chip.vector.latency_cycles};
  add_macs(work, features * attention.shape.channels, chip);
  add_elements(work, features, {.steps = 1, .adds = 1}, chip.vector.lanes);  // the sum of the features
  work.read_bytes = (features + std::int64_t{v.slots} * row_size(v)) * bytes_of(chip.vector.format);
  return work;
}

VectorWork vector_work(const Graph& graph, const Stage& stage, const ChipSpec& chip) {
  VectorWork work{.cycles = chip.vector.latency_cycles};
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
    if (!stage.fft || node.op != OpKind::Bind)
      add_elements(work, elements, per_element(graph, node), chip.vector.lanes);
    if (stage.fft) add_transforms(work, graph, node, stage.rows_per_iteration, chip.vector.lanes);
    for (int r = 0; r < stage.rows_per_iteration; ++r) add_per_row(work, graph, node, chip);
    if (node.op == OpKind::Attention) add_reading(work, graph, node, chip);
    work.read_bytes += stage.rows_per_iteration * table_bytes(node, chip);
  }
  const int first = first_that_makes_rows(stage.recurrence);
  for (const Operand& operand : operands(graph, stage)) {
    const Node& node = graph.nodes[static_cast<std::size_t>(operand.node)];
    work.read_bytes += static_cast<std::int64_t>(operand_rows(graph, stage, operand, first).size()) *
                       stored_row_bytes(graph, node, chip.vector);
  }
  for (const std::string& name : stage.exports) {
    const Node& node = graph.nodes[static_cast<std::size_t>(node_index(graph, name))];
    work.write_bytes += std::int64_t{stage.rows_per_iteration} * stored_row_bytes(graph, node, chip.vector);
  }
  return work;
}

}  // namespace mimosa
