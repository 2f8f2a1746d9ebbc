// SPDX-License-Identifier: Apache-2.0
#include "hw/program/sequence_rows.hpp"

#include <algorithm>

#include "hw/program/geometry.hpp"
#include "models/digital/ops.hpp"
#include "models/digital/sequence_ops.hpp"
#include "models/nn/sequence.hpp"

namespace mimosa {
namespace {

std::size_t size(int count) {
  return static_cast<std::size_t>(count);
}

/// Everything about one row of one node.
struct RowJob {
  PassState& state;
  const Graph& graph;
  const Node& node;
  const NodeWeights& weights;
  int pass, row;
  const UnitRounding& rounding;

  [[nodiscard]] const Node& input(std::size_t number = 0) const {
    return graph.nodes[size(node.inputs[number])];
  }
  [[nodiscard]] int slot() const { return row / node.shape.height; }
  [[nodiscard]] int y() const { return row % node.shape.height; }
  [[nodiscard]] std::span<const float> input_row(int of, std::size_t number = 0) const {
    return {state.row(node.inputs[number], pass, of), size(row_size(input(number)))};
  }
  /// Of one slot of an input, [y][x][channel].
  [[nodiscard]] std::span<const float> input_map(std::size_t number) const {
    return {state.row(node.inputs[number], pass, slot() * input(number).shape.height),
            size(input(number).shape.size())};
  }
};

void embed(const RowJob& job, std::span<float> out) {
  const float token = job.input_row(job.row)[0];
  const std::size_t channels = out.size(), y = size(job.y());
  const std::span<const float> tokens(job.weights.scale), positions(job.weights.shift);
  const std::span<const float> vector =
      tokens.subspan(token_of(job.graph, job.node, token, y) * channels, channels);
  std::copy(vector.begin(), vector.end(), out.begin());
  round_values(out, job.rounding.vector);
  add(positions.subspan((size(job.weights.first_position) + y) * channels, channels), out,
      job.rounding.vector);
}

void hadamard(const RowJob& job, std::span<float> out) {
  const std::size_t slot = size(job.slot()), channels = size(job.node.shape.channels);
  if (job.state.is_masked(job.pass, job.slot())) return std::fill(out.begin(), out.end(), 0.0F);
  const std::span<const float> in = job.input_row(input_rows(job.graph, job.node, job.row)[0]);
  std::copy(in.begin(), in.end(), out.begin());
  multiply_channels(out, std::span(job.weights.scale).subspan(key_of(job.graph, slot) * channels, channels),
                    job.rounding.vector);
}

void grid_sum(const RowJob& job, std::span<float> out) {
  const std::vector<int> rows = input_rows(job.graph, job.node, job.row);
  const std::span<const float> first = job.input_row(rows[0]);
  std::copy(first.begin(), first.end(), out.begin());
  for (std::size_t i = 1; i < rows.size(); ++i) add(job.input_row(rows[i]), out, job.rounding.vector);
  multiply(out, grid_factor(job.graph, job.node), job.rounding.vector);
}

/// Of a bundle that holds no sequence: eps alone.
void exp_keys(const RowJob& job, std::span<float> out) {
  const std::size_t first = first_of_key_bundle(job.graph, size(job.slot()));
  if (!job.state.is_masked(job.pass, static_cast<int>(first)))
    return exp_key_features(out, size(job.node.shape.channels), job.input_row(job.row, 1), job.node.eps,
                            job.rounding.vector);
  std::fill(out.begin(), out.end(), 0.0F);
  relu_features(out, job.node.eps, job.rounding.vector);
}

void random_features(const RowJob& job, std::span<float> out) {
  const std::size_t features = size(job.node.shape.channels);
  switch (job.node.sequence.kind) {
    case FeatureKind::Relu:
      return relu_features(out, job.node.eps, job.rounding.vector);
    case FeatureKind::ExpQuery:
      return exp_query_features(out, features, job.node.eps, job.rounding.vector);
    case FeatureKind::ExpKey:
      return exp_keys(job, out);
  }
}

}  // namespace

void sequence_row(PassState& state, const Graph& graph, int index, const NodeWeights& weights, int pass,
                  int row, const UnitRounding& rounding) {
  const Node& node = graph.nodes[size(index)];
  const RowJob job{state, graph, node, weights, pass, row, rounding};
  const std::span<float> out(state.row(index, pass, row), size(row_size(node)));
  switch (node.op) {
    case OpKind::Embed:
      return embed(job, out);
    case OpKind::Hadamard:
      return hadamard(job, out);
    case OpKind::GridSum:
      return grid_sum(job, out);
    case OpKind::Dpfp:
      return dpfp(job.input_row(row), size(job.input().shape.channels), node.sequence.nu, out,
                  rounding.vector);
    case OpKind::SoftmaxAttention:
      return softmax_position(softmax_attention_sizes(graph, node), size(job.y()), job.input_row(row),
                              job.input_map(1), job.input_map(2), out, rounding.matrix, rounding.vector);
    default:
      break;
  }
  const std::span<const float> in = job.input_row(input_rows(graph, node, row)[0]);
  std::copy(in.begin(), in.end(), out.begin());  // Row, Heads and JoinHeads: the same bytes
  if (node.op == OpKind::LayerNorm) layer_norm(out, weights.scale, weights.shift, node.eps, rounding.vector);
  if (node.op == OpKind::RandomFeatures) random_features(job, out);
}

void attend(PassState& state, const Graph& graph, const Attending& at, int pass,
            const UnitRounding& rounding) {
  const Node& node = graph.nodes[size(at.node)];
  const LinearAttention sizes = linear_attention_sizes(graph, node);
  const auto value = [&](int of) { return std::span(state.row(of, pass, 0), state.value_size(of)); };
  const std::size_t position = size(at.step.position);
  for (std::size_t head = 0; head < sizes.heads; ++head) {
    LinearAttentionState& memory = state.attention(at.stage, pass, static_cast<int>(head));
    if (at.step.absorbs && position == 0) memory.clear();
    if (at.step.absorbs)
      absorb_position(sizes, head, position, value(node.inputs[1]), value(node.inputs[2]), memory);
    else
      read_position(sizes, head, position, value(node.inputs[0]), memory, value(at.node), rounding.matrix,
                    rounding.vector);
  }
}

}  // namespace mimosa
