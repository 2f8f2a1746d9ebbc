// SPDX-License-Identifier: Apache-2.0
#include "hw/program/pass_state.hpp"

#include <utility>

#include "hw/program/geometry.hpp"
#include "models/nn/sequence.hpp"

namespace mimosa {

PassState::PassState(const Graph& graph, const Program& program, std::uint32_t first_pass, int passes)
    : first_pass_(first_pass),
      passes_(passes),
      values_(graph.nodes.size()),
      codes_(program.stages.size()),
      sums_(program.stages.size()),
      recurring_(program.stages.size()) {
  const auto hold = [&](int index) {
    const Node& node = graph.nodes[static_cast<std::size_t>(index)];
    Buffer& buffer = values_[static_cast<std::size_t>(index)];
    buffer.row_size = static_cast<std::size_t>(row_size(node));
    buffer.size_per_pass = buffer.row_size * static_cast<std::size_t>(row_count(node));
  };
  hold(0);
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage& stage = program.stages[s];
    if (!stage.result.empty()) hold(node_index(graph, stage.result));
    for (const std::string& name : stage.digital) hold(node_index(graph, name));
    if (stage.recurrence.positions > 0) {
      const Node& node = graph.nodes[static_cast<std::size_t>(node_index(graph, stage.digital.front()))];
      const LinearAttention sizes = linear_attention_sizes(graph, node);
      recurring_[s].heads = static_cast<int>(sizes.heads);
      recurring_[s].fresh.emplace_back(sizes.features, sizes.channels, sizes.m, sizes.pooled);
    }
    const auto partial_sums = [&stage](int cols) {
      Buffer buffer;
      buffer.row_size = static_cast<std::size_t>(stage.mvms) * static_cast<std::size_t>(cols);
      buffer.size_per_pass = buffer.row_size * static_cast<std::size_t>(stage.iterations);
      return buffer;
    };
    for (const Block& block : stage.blocks) codes_[s].push_back(partial_sums(block.cols));
    for (const Sum& sum : stage.sums) sums_[s].push_back(partial_sums(sum.cols));
  }
  restart(first_pass, passes);
}

void PassState::restart(std::uint32_t first_pass, int passes) {
  first_pass_ = first_pass;
  passes_ = passes;
  filled_.assign(static_cast<std::size_t>(passes), 0);
  for (Buffer& value : values_) value.data.resize(value.size_per_pass * static_cast<std::size_t>(passes));
  for (Recurring& r : recurring_)
    if (!r.fresh.empty()) r.states.assign(static_cast<std::size_t>(passes * r.heads), r.fresh.front());
  for (auto* partial_sums : {&codes_, &sums_})
    for (std::vector<Buffer>& stage : *partial_sums)
      for (Buffer& buffer : stage)
        buffer.data.resize(buffer.size_per_pass * static_cast<std::size_t>(passes));
}

LinearAttentionState& PassState::attention(int stage, int pass, int head) {
  Recurring& r = recurring_[static_cast<std::size_t>(stage)];
  return r.states[static_cast<std::size_t>(pass * r.heads + head)];
}

const float* PassState::row(int node, int pass, int row) const {
  return values_[static_cast<std::size_t>(node)].row(pass, row);
}

float* PassState::row(int node, int pass, int row) {
  return const_cast<float*>(std::as_const(*this).row(node, pass, row));
}

const float* PassState::codes(int stage, int block, int pass, int iteration) const {
  return codes_[static_cast<std::size_t>(stage)][static_cast<std::size_t>(block)].row(pass, iteration);
}

float* PassState::codes(int stage, int block, int pass, int iteration) {
  return const_cast<float*>(std::as_const(*this).codes(stage, block, pass, iteration));
}

const float* PassState::sum(int stage, int sum, int pass, int iteration) const {
  return sums_[static_cast<std::size_t>(stage)][static_cast<std::size_t>(sum)].row(pass, iteration);
}

float* PassState::sum(int stage, int sum, int pass, int iteration) {
  return const_cast<float*>(std::as_const(*this).sum(stage, sum, pass, iteration));
}

}  // namespace mimosa
