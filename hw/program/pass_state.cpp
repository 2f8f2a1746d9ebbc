// SPDX-License-Identifier: Apache-2.0
#include "hw/program/pass_state.hpp"

#include <utility>

#include "hw/program/geometry.hpp"

namespace mimosa {

PassState::PassState(const Graph& graph, const Program& program, std::uint32_t first_pass, int passes)
    : first_pass_(first_pass), passes_(passes), values_(graph.nodes.size()), codes_(program.stages.size()) {
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
    for (const Block& block : stage.blocks) {
      Buffer buffer;
      buffer.row_size = static_cast<std::size_t>(stage.mvms) * static_cast<std::size_t>(block.cols);
      buffer.size_per_pass = buffer.row_size * static_cast<std::size_t>(stage.iterations);
      codes_[s].push_back(std::move(buffer));
    }
  }
  restart(first_pass, passes);
}

void PassState::restart(std::uint32_t first_pass, int passes) {
  first_pass_ = first_pass;
  passes_ = passes;
  for (Buffer& value : values_) value.data.resize(value.size_per_pass * static_cast<std::size_t>(passes));
  for (std::vector<Buffer>& stage : codes_)
    for (Buffer& block : stage) block.data.resize(block.size_per_pass * static_cast<std::size_t>(passes));
}

const float* PassState::row(int node, int pass, int row) const {
  const Buffer& value = values_[static_cast<std::size_t>(node)];
  return value.data.data() + static_cast<std::size_t>(pass) * value.size_per_pass +
         static_cast<std::size_t>(row) * value.row_size;
}

float* PassState::row(int node, int pass, int row) {
  return const_cast<float*>(std::as_const(*this).row(node, pass, row));
}

const float* PassState::codes(int stage, int block, int pass, int iteration) const {
  const Buffer& buffer = codes_[static_cast<std::size_t>(stage)][static_cast<std::size_t>(block)];
  return buffer.data.data() + static_cast<std::size_t>(pass) * buffer.size_per_pass +
         static_cast<std::size_t>(iteration) * buffer.row_size;
}

float* PassState::codes(int stage, int block, int pass, int iteration) {
  return const_cast<float*>(std::as_const(*this).codes(stage, block, pass, iteration));
}

}  // namespace mimosa
