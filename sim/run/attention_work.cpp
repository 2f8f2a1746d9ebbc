// SPDX-License-Identifier: Apache-2.0
#include "sim/run/attention_work.hpp"

#include <algorithm>

#include "hw/program/counts.hpp"
#include "hw/program/geometry.hpp"
#include "hw/program/interval.hpp"
#include "hw/program/signed_copies.hpp"

namespace mimosa {
namespace {

bool is_attention(const Node& node) {
  return node.op == OpKind::Attention || node.op == OpKind::SoftmaxAttention;
}

/// Products of one pass, from the sizes of the nodes (A: M·L·H·R·D, num: N·L·H·R·D, den: G·L·H·R, or N·L·H·R
/// where pooled).
void add_closed_form(AttentionResult& result, const Graph& graph, const Node& node) {
  const auto macs = static_cast<double>(macs_per_pass(graph, node));
  if (node.op == OpKind::SoftmaxAttention) {
    result.softmax_macs += macs;
  } else if (node.op == OpKind::Attention) {
    const Node &q = graph.nodes[static_cast<std::size_t>(node.inputs[0])],
               &k = graph.nodes[static_cast<std::size_t>(node.inputs[1])];
    const double features = static_cast<double>(node.shape.height) * node.shape.width * q.shape.channels;
    result.state_macs += features * node.shape.channels * k.slots;
    result.numerator_macs += features * node.shape.channels * q.slots;
    result.denominator_macs += features * node.slots;
  } else {
    result.stationary_macs += macs;
  }
}

double executed_array_macs(const Program& program) {
  std::int64_t macs = 0;
  for (const Task& task : program.tasks) {
    if (task.kind != TaskKind::Array) continue;
    const Stage& stage = program.stages[static_cast<std::size_t>(task.stage)];
    const Block& block = stage.blocks[static_cast<std::size_t>(task.block)];
    const auto times = std::count_if(task.code.begin(), task.code.end(),
                                     [](const Instruction& i) { return i.op == Opcode::Mvm; });
    macs += std::int64_t{block.rows} * block.cols * stage.mvms * times;
  }
  return static_cast<double>(macs);
}

void add_cycles(AttentionResult& result, const Graph& graph, const Program& program, const ChipSpec& chip) {
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage& stage = program.stages[s];
    const auto cycles = static_cast<double>(stage_cycles(stage, program.work[s], program.replicas[s], chip));
    const bool attends =
        std::any_of(stage.digital.begin(), stage.digital.end(), [&](const std::string& name) {
          return is_attention(graph.nodes[static_cast<std::size_t>(node_index(graph, name))]);
        });
    if (attends) result.matrix_cycles = std::max(result.matrix_cycles, cycles);
    if (!stage.analog.empty()) result.array_cycles = std::max(result.array_cycles, cycles);
  }
}

std::string place_of_signs(const Graph& graph, const Program& program) {
  const auto stages = [&](const auto& has) {
    return std::any_of(program.stages.begin(), program.stages.end(), has);
  };
  if (stages([](const Stage& stage) { return stage.signed_copies; })) return "crossbar";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    if (signed_copies(graph, static_cast<int>(i))) return "digital";
  return {};
}

}  // namespace

std::optional<AttentionResult> attention_work(const Graph& graph, const Program& program,
                                              const ChipSpec& chip) {
  if (std::none_of(graph.nodes.begin(), graph.nodes.end(), is_attention)) return std::nullopt;
  AttentionResult result;
  result.grid_m = graph.grid.m;
  result.grid_n = graph.grid.n;
  result.signs = place_of_signs(graph, program);
  for (const Node& node : graph.nodes) add_closed_form(result, graph, node);
  const Counts counts = counts_per_pass(program, chip);
  result.array_macs = executed_array_macs(program);
  result.matrix_macs = static_cast<double>(counts.macs);
  result.matrix_energy_j = energy_by_component(counts, chip).at("matrix");
  add_cycles(result, graph, program, chip);
  for (double* figure : {&result.array_macs, &result.matrix_macs, &result.stationary_macs, &result.state_macs,
                         &result.numerator_macs, &result.denominator_macs, &result.softmax_macs,
                         &result.matrix_cycles, &result.array_cycles, &result.matrix_energy_j})
    *figure /= program.inputs_per_pass;
  return result;
}

}  // namespace mimosa
