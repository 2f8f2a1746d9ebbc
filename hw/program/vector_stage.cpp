// SPDX-License-Identifier: Apache-2.0
#include "hw/program/vector_stage.hpp"

#include <algorithm>

#include "models/nn/batch_norm.hpp"
#include "models/nn/sequence.hpp"

namespace mimosa {
namespace {

std::span<const float> channel_span(const Tensor& tensor) {
  return {tensor.data.data(), tensor.data.size()};
}

/// One slot's map of a node, [y][x][channel].
std::span<const float> map_of(const PassState& state, const Node& node, int index, int pass, int slot) {
  return {state.row(index, pass, slot * node.shape.height), static_cast<std::size_t>(node.shape.size())};
}

}  // namespace

ColumnAffine column_affine(const Network& network, const Stage& stage, std::span<const double> code_values,
                           const std::vector<std::vector<double>>& drift_factors) {
  const Graph& graph = network.graph;
  const Node& analog = graph.nodes[static_cast<std::size_t>(node_index(graph, stage.analog))];
  const auto cols = static_cast<std::size_t>(matrix_shape(graph, stage).cols);
  std::vector<double> scale(code_values.begin(), code_values.end()), shift(cols, 0.0);
  std::vector<SlotShift> of_slots;
  if (stage.signed_copies) {
    const SignedCopies copies = signed_copies(graph, stage);
    const float factor = grid_factor(graph, graph.nodes[static_cast<std::size_t>(copies.sum)]);
    for (double& value : scale) value *= static_cast<double>(factor);
    of_slots = slot_shifts(network, copies);
  } else if (analog.bias) {
    const Tensor& bias = tensor(network, analog, "bias");
    std::copy(bias.data.begin(), bias.data.end(), shift.begin());
  }
  if (row_blocks(stage) == 1)
    for (std::size_t b = 0; b < stage.blocks.size(); ++b)
      for (int c = 0; c < stage.blocks[b].cols; ++c)
        scale[static_cast<std::size_t>(stage.blocks[b].col0 + c)] *=
            drift_factors[b][drift_factors[b].size() == 1 ? 0 : static_cast<std::size_t>(c)];
  if (stage.result != stage.analog && !stage.signed_copies) {
    const Node& norm = graph.nodes[static_cast<std::size_t>(node_index(graph, stage.result))];
    const BatchNormAffine fold = batch_norm_affine(network, norm);
    for (std::size_t c = 0; c < cols; ++c) {
      scale[c] *= fold.scale[c];
      shift[c] = shift[c] * fold.scale[c] + fold.shift[c];
    }
  }
  std::vector<std::vector<float>> factors;
  for (const auto& of_block : drift_factors) factors.emplace_back(of_block.begin(), of_block.end());
  return {.block_factors = std::move(factors),
          .scale = {scale.begin(), scale.end()},
          .shift = {shift.begin(), shift.end()},
          .slot_shifts = std::move(of_slots)};
}

VectorStage::VectorStage(const Network& network, const Stage& stage, const ChipSpec& chip)
    : graph_(network.graph),
      stage_(stage),
      units_{.vector = {.format = chip.vector.format, .fraction_bits = chip.vector.fraction_bits},
             .matrix = {.format = chip.matrix.format}},
      result_format_(units_.vector),
      sum_format_(sum_format(stage, chip)) {
  if (!stage.analog.empty()) {
    result_ = node_index(graph_, stage.result);
    result_format_ = stored_format(graph_, graph_.nodes[static_cast<std::size_t>(result_)], chip.vector);
    home_terms_ = home_terms(stage);
    one_per_column_ = home_terms_per_column(stage) == 1;
  }
  for (const std::string& name : stage.digital) {
    const int index = node_index(graph_, name);
    const Node& of = graph_.nodes[static_cast<std::size_t>(index)];
    Operation operation{.node = index,
                        .working = working_format(graph_, of, chip.vector),
                        .stored = stored_format(graph_, of, chip.vector),
                        .scale = {},
                        .shift = {},
                        .binders = {},
                        .spectral_binders = {},
                        .back = {},
                        .sequence = {}};
    const Node& node = graph_.nodes[static_cast<std::size_t>(operation.node)];
    if (node.op == OpKind::BatchNorm) {
      const BatchNormAffine affine = batch_norm_affine(network, node);
      operation.scale.assign(affine.scale.begin(), affine.scale.end());
      operation.shift.assign(affine.shift.begin(), affine.shift.end());
    } else if (node.op == OpKind::Prelu) {
      operation.scale = tensor(network, node, "weight").data;
    } else if (node.op == OpKind::Bind || node.op == OpKind::Bundle) {
      prepare_binding(operation, network);
    } else if (is_sequence_op(node.op)) {
      operation.sequence = node_weights(network, node);
    }
    operations_.push_back(std::move(operation));
  }
}

void VectorStage::prepare_binding(Operation& operation, const Network& network) const {
  const Node& node = graph_.nodes[static_cast<std::size_t>(operation.node)];
  const auto channels = static_cast<std::size_t>(node.shape.channels);
  if (node.op == OpKind::Bundle) {
    const Node& input = graph_.nodes[static_cast<std::size_t>(node.inputs[0])];
    if (stage_.fft && input.op == OpKind::Bind) operation.back.emplace(channels);
    return;
  }
  const auto keys = channel_span(tensor(network, node, "keys"));
  for (int slot = 0; slot < node.slots; ++slot) {
    const auto key = keys.subspan(static_cast<std::size_t>(slot) * channels, channels);
    if (stage_.fft)
      operation.spectral_binders.emplace_back(key);
    else
      operation.binders.emplace_back(key);
  }
}

void VectorStage::set_batch_norm(const std::string& node, std::span<const double> scale,
                                 std::span<const double> shift) {
  for (Operation& operation : operations_) {
    if (graph_.nodes[static_cast<std::size_t>(operation.node)].name != node) continue;
    operation.scale.assign(scale.begin(), scale.end());
    operation.shift.assign(shift.begin(), shift.end());
  }
}

void VectorStage::run(PassState& state, int stage_index, int pass, int iteration,
                      const ColumnAffine* affine) const {
  if (affine != nullptr && stage_.signed_copies)
    convert_copies(state, stage_index, pass, iteration, *affine);
  else if (affine != nullptr)
    convert(state, stage_index, pass, iteration, *affine);
  const std::vector<int> rows = rows_made(stage_, iteration);
  if (stage_.recurrence.positions > 0)
    attend(state, graph_, {operations_.front().node, stage_index, step_of(stage_.recurrence, iteration)},
           pass, units_);
  for (const Operation& operation : operations_)
    for (const int row : rows) apply(state, operation, pass, row);
}

void VectorStage::add_terms(const PassState& state, int stage_index, int pass, int iteration,
                            const ColumnAffine& affine, std::span<const int> terms,
                            const Target& target) const {
  const auto cols = static_cast<std::size_t>(target.columns.count);
  const std::size_t size = cols * static_cast<std::size_t>(stage_.mvms);
  if (!target.copy) std::fill_n(target.out, size, 0.0F);
  const int blocks = static_cast<int>(stage_.blocks.size());
  for (const int term : terms) {
    const Columns columns = columns_of(stage_, term);
    const float* in = term < blocks ? state.codes(stage_index, term, pass, iteration)
                                    : state.sum(stage_index, term - blocks, pass, iteration);
    const auto width = static_cast<std::size_t>(columns.count);
    // A term as wide as the target is one contiguous run; a narrower one is a run per MVM.
    const std::size_t run = width == cols ? size : width;
    auto at = static_cast<std::size_t>(columns.first - target.columns.first);
    for (std::size_t done = 0; done < size / cols * width; done += run, at += cols) {
      const std::span<const float> from(in + done, run);
      const std::span<float> to(target.out + at, run);
      if (target.copy)
        std::copy(from.begin(), from.end(), to.begin());
      else if (term < blocks)
        add_partial_sum(from, affine.block_factors[static_cast<std::size_t>(term)], to, sum_format_);
      else
        add(from, to, sum_format_);
    }
  }
}

void VectorStage::add_up(PassState& state, int stage_index, int sum, int pass, int iteration,
                         const ColumnAffine& affine) const {
  const Sum& s = stage_.sums[static_cast<std::size_t>(sum)];
  add_terms(
      state, stage_index, pass, iteration, affine, s.terms,
      {.out = state.sum(stage_index, sum, pass, iteration), .columns = {s.col0, s.cols}, .copy = false});
}

void VectorStage::home_sums(const PassState& state, int stage_index, int pass, int iteration,
                            const ColumnAffine& affine, float* out) const {
  const Columns columns{0, static_cast<int>(affine.scale.size())};
  add_terms(state, stage_index, pass, iteration, affine, home_terms_,
            {.out = out, .columns = columns, .copy = one_per_column_});
}

void VectorStage::convert(PassState& state, int stage_index, int pass, int iteration,
                          const ColumnAffine& affine) const {
  const std::size_t cols = affine.scale.size();
  float* out = state.row(result_, pass, iteration * stage_.rows_per_iteration);
  home_sums(state, stage_index, pass, iteration, affine, out);
  mimosa::affine({out, cols * static_cast<std::size_t>(stage_.mvms)}, affine.scale, affine.shift,
                 result_format_);
}

void VectorStage::convert_copies(PassState& state, int stage_index, int pass, int iteration,
                                 const ColumnAffine& affine) const {
  const std::size_t cols = affine.scale.size();
  thread_local std::vector<float> bundles, shift;
  bundles.resize(cols);
  home_sums(state, stage_index, pass, iteration, affine, bundles.data());
  shift = affine.shift;
  for (const SlotShift& slot : affine.slot_shifts) {
    if (state.is_masked(pass, slot.slot)) continue;
    for (std::size_t c = 0; c < slot.shift.size(); ++c)
      shift[static_cast<std::size_t>(slot.first) + c] += slot.shift[c];
  }
  mimosa::affine(bundles, affine.scale, shift, result_format_);
  const std::vector<int> rows = rows_made(stage_, iteration);
  const std::size_t width = cols / rows.size();
  for (std::size_t r = 0; r < rows.size(); ++r)
    std::copy_n(bundles.data() + r * width, width, state.row(result_, pass, rows[r]));
}

void VectorStage::bind(const PassState& state, const Operation& operation, int pass, int row,
                       std::span<float> out) const {
  const Node& node = graph_.nodes[static_cast<std::size_t>(operation.node)];
  const auto slot = static_cast<std::size_t>(row / node.shape.height);
  const float* in = state.row(node.inputs[0], pass, input_rows(graph_, node, row)[0]);
  const auto vectors = static_cast<std::size_t>(node.shape.width);
  if (stage_.fft)
    operation.spectral_binders[slot].bind(in, vectors, out.data(), units_.vector);
  else
    operation.binders[slot].bind(in, vectors, out.data(), units_.vector);
}

void VectorStage::bundle(const PassState& state, const Operation& operation, int pass, int row,
                         std::span<float> out) const {
  const Node& node = graph_.nodes[static_cast<std::size_t>(operation.node)];
  const std::vector<int> rows = input_rows(graph_, node, row);
  std::copy_n(state.row(node.inputs[0], pass, rows[0]), out.size(), out.begin());
  for (std::size_t s = 1; s < rows.size(); ++s)
    add({state.row(node.inputs[0], pass, rows[s]), out.size()}, out, operation.working);
  if (operation.back)
    operation.back->inverse(out.data(), static_cast<std::size_t>(node.shape.width), out.data(),
                            operation.working);
  if (operation.stored.fraction_bits != operation.working.fraction_bits) round_values(out, operation.stored);
}

void VectorStage::apply(PassState& state, const Operation& operation, int pass, int row) const {
  const Node& node = graph_.nodes[static_cast<std::size_t>(operation.node)];
  if (node.op == OpKind::Attention) return;  // made above
  if (is_sequence_op(node.op))
    return sequence_row(state, graph_, operation.node, operation.sequence, pass, row, units_);
  const int source = node.inputs[0];
  const Node& input = graph_.nodes[static_cast<std::size_t>(source)];
  const std::span<float> out(state.row(operation.node, pass, row), static_cast<std::size_t>(row_size(node)));
  const int slot = row / node.shape.height, y = row % node.shape.height;
  if (!gathers_rows(graph_, node) && node.op != OpKind::Bind) {
    const float* in = state.row(source, pass, row);
    std::copy(in, in + out.size(), out.begin());
  }
  switch (node.op) {
    case OpKind::BatchNorm:
      return affine(out, operation.scale, operation.shift, units_.vector);
    case OpKind::Relu:
      return relu(out);
    case OpKind::Prelu:
      return prelu(out, operation.scale, units_.vector);
    case OpKind::Sigmoid:
      return sigmoid(out, units_.vector);
    case OpKind::Tanh:
      return tanh_values(out, units_.vector);
    case OpKind::Add:
      return add({state.row(node.inputs[1], pass, row), out.size()}, out, units_.vector);
    case OpKind::AvgPool:
      return average_pool_row(map_of(state, input, source, pass, slot), input.shape, node, y, out,
                              units_.vector);
    case OpKind::MaxPool:
      return max_pool_row(map_of(state, input, source, pass, slot), input.shape, node, y, out);
    case OpKind::Flatten:
      if (gathers_rows(graph_, node)) flatten_map(map_of(state, input, source, pass, slot), input.shape, out);
      return;
    case OpKind::Bind:
      return bind(state, operation, pass, row, out);
    case OpKind::Bundle:
      return bundle(state, operation, pass, row, out);
    case OpKind::Merge: {
      if (!gathers_rows(graph_, node)) return;
      std::vector<std::span<const float>> parts;
      for (const int r : input_rows(graph_, node, row))
        parts.emplace_back(state.row(source, pass, r), out.size());
      return mean(parts, out, units_.vector);
    }
    default:
      return;  // Input, Conv2d, Linear, Unbind are never digital nodes
  }
}

}  // namespace mimosa
