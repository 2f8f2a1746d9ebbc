// SPDX-License-Identifier: Apache-2.0
#include "sim/run/superposition.hpp"

#include <algorithm>

#include "hw/program/counts.hpp"
#include "hw/program/geometry.hpp"
#include "hw/program/interval.hpp"

namespace mimosa {
namespace {

bool holds_slots(const Graph& graph, int index) {
  const Node& node = graph.nodes[static_cast<std::size_t>(index)];
  if (node.slots > 1) return true;
  return std::any_of(node.inputs.begin(), node.inputs.end(),
                     [&](int input) { return graph.nodes[static_cast<std::size_t>(input)].slots > 1; });
}

double joules(const Counts& counts, const ChipSpec& chip) {
  return energy_boundaries(energy_by_component(counts, chip)).chip_and_io_j;
}

}  // namespace

bool is_unshared(const Graph& graph, const Stage& stage) {
  std::vector<std::string> names = stage.digital;
  if (!stage.analog.empty()) names.push_back(stage.analog);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return holds_slots(graph, node_index(graph, name)); });
}

UnsharedResult unshared_work(const Graph& graph, const Program& program, const ChipSpec& chip) {
  UnsharedResult result;
  std::vector<bool> unshared;
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage& stage = program.stages[s];
    unshared.push_back(is_unshared(graph, stage));
    if (!unshared.back()) continue;
    result.stages.push_back(stage.name);
    const double cycles =
        static_cast<double>(stage_cycles(stage, program.work[s], program.replicas[s], chip)) /
        program.inputs_per_pass;
    if (cycles <= result.cycles_per_input) continue;
    result.cycles_per_input = cycles;
    result.busiest = stage.name;
  }
  if (chip.mvm.activity == ActivityModel::Data) return result;
  Counts all, apart;
  for (const Task& task : program.tasks) {
    const Counts counts = counts_of(program, task, chip);
    all += counts;
    if (task.stage < 0 || unshared[static_cast<std::size_t>(task.stage)]) apart += counts;
  }
  result.energy_per_input_j = joules(apart, chip) / program.inputs_per_pass;
  result.energy_share = joules(apart, chip) / joules(all, chip);
  return result;
}

ArrivalResult arrivals(double arrival_per_s, int inputs_per_pass, double inputs_per_s, double latency_s) {
  const double others = inputs_per_pass - 1;
  return {.arrival_per_s = arrival_per_s,
          .fill_wait_mean_s = others / 2.0 / arrival_per_s,
          .fill_wait_first_s = others / arrival_per_s,
          .response_mean_s = others / 2.0 / arrival_per_s + latency_s,
          .keeps_up = arrival_per_s <= inputs_per_s};
}

}  // namespace mimosa
