// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/flow.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "hw/program/geometry.hpp"

namespace mimosa {
namespace {

const Node& node_at(const Graph& graph, int index) {
  return graph.nodes[static_cast<std::size_t>(index)];
}

const Stage& stage_at(const Mapping& m, int index) {
  return m.partition.stages[static_cast<std::size_t>(index)];
}

/// Rows of a node sorted the way every producer makes them: by y, then slot.
std::vector<int> rows_by_height(const Node& node) {
  std::vector<int> rows;
  for (int y = 0; y < node.shape.height; ++y)
    for (int slot = 0; slot < node.slots; ++slot) rows.push_back(slot * node.shape.height + y);
  return rows;
}

/// Tasks that export a node: one per replica, or the host.
struct Source {
  std::vector<int> tasks;
  int rows_per_iteration = 1;
  [[nodiscard]] int task_of(int row) const {
    return tasks[static_cast<std::size_t>(row / rows_per_iteration) % tasks.size()];
  }
};

Source source_of(const Mapping& m, const std::vector<Task>& tasks, int node) {
  if (node == 0) return {.tasks = {0}, .rows_per_iteration = 1};
  Source source;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (tasks[t].kind != TaskKind::Vector) continue;
    const Stage& stage = stage_at(m, tasks[t].stage);
    if (std::find(stage.exports.begin(), stage.exports.end(), node_at(m.graph, node).name) ==
        stage.exports.end())
      continue;
    source.tasks.push_back(static_cast<int>(t));
    source.rows_per_iteration = stage.rows_per_iteration;
  }
  return source;
}

int value_row_bytes(const Mapping& m, const Task& reader, const Node& node) {
  const int dac_bytes = (m.chip.analog.dac.bits + 7) / 8;
  if (reader.kind != TaskKind::Array) return row_size(node) * bytes_of(m.chip.vector.format);
  // The arrays get DAC codes; a block with fewer word lines than channels gets only its channels.
  const Block& block = stage_at(m, reader.stage).blocks[static_cast<std::size_t>(reader.block)];
  return std::min(row_size(node), node.shape.width * block.rows) * dac_bytes;
}

}  // namespace

std::vector<Task> list_tasks(const Partition& partition, const Replication& replication) {
  std::vector<Task> tasks{
      {.kind = TaskKind::HostIn, .tile = 0, .stage = -1, .replica = 0, .block = -1, .code = {}}};
  for (std::size_t s = 0; s < partition.stages.size(); ++s)
    for (int r = 0; r < replication.replicas[s]; ++r) {
      Task task{.kind = TaskKind::Array,
                .tile = 0,
                .stage = static_cast<int>(s),
                .replica = r,
                .block = 0,
                .code = {}};
      for (std::size_t b = 0; b < partition.stages[s].blocks.size(); ++b) {
        task.block = static_cast<int>(b);
        tasks.push_back(task);
      }
      task.kind = TaskKind::Vector;
      task.block = -1;
      tasks.push_back(task);
    }
  tasks.push_back({.kind = TaskKind::HostOut, .tile = 0, .stage = -1, .replica = 0, .block = -1, .code = {}});
  return tasks;
}

std::vector<int> iteration_order(const Graph& graph, const Stage& stage, int replicas, int replica) {
  const std::string& name = stage.analog.empty() ? stage.digital.front() : stage.result;
  std::vector<int> order;
  if (stage.rows_per_iteration > 1) {
    for (int i = replica; i < stage.iterations; i += replicas) order.push_back(i);
    return order;
  }
  for (const int row : rows_by_height(node_at(graph, node_index(graph, name))))
    if (row % replicas == replica) order.push_back(row);
  return order;
}

std::vector<Reading> readings(const Mapping& m, const Task& task) {
  std::vector<Reading> found;
  if (task.kind == TaskKind::HostOut) {
    Reading output{.node = static_cast<int>(m.graph.nodes.size()) - 1, .rows = {}};
    for (const int row : rows_by_height(m.graph.output())) output.rows.push_back({row});
    return {output};
  }
  if (task.kind == TaskKind::HostIn) return found;
  const Stage& stage = stage_at(m, task.stage);
  const std::vector<int> order = iteration_order(
      m.graph, stage, m.replication.replicas[static_cast<std::size_t>(task.stage)], task.replica);
  if (task.kind == TaskKind::Array) {
    Reading input{.node = array_input(m.graph, stage), .rows = {}};
    for (const int i : order)
      input.rows.push_back(array_rows(m.graph, stage, stage.blocks[static_cast<std::size_t>(task.block)], i));
    return {input};
  }
  std::map<int, Reading> by_node;  // several nodes of the stage may read one value
  for (const Operand& operand : operands(m.graph, stage)) {
    Reading& reading = by_node[operand.node];
    reading.node = operand.node;
    reading.rows.resize(order.size());
    for (std::size_t k = 0; k < order.size(); ++k)
      for (const int row : operand_rows(m.graph, stage, operand, order[k])) reading.rows[k].push_back(row);
  }
  for (auto& [node, reading] : by_node) found.push_back(std::move(reading));
  return found;
}

std::vector<Flow> list_flows(const Mapping& m, const std::vector<Task>& tasks) {
  std::vector<Flow> flows;
  int home = 0;
  for (std::size_t t = tasks.size();
       t-- > 0;)  // partial sums go to the vector task that follows the array tasks
    if (tasks[t].kind == TaskKind::Vector)
      home = static_cast<int>(t);
    else if (tasks[t].kind == TaskKind::Array) {
      const Stage& stage = stage_at(m, tasks[t].stage);
      const Block& block = stage.blocks[static_cast<std::size_t>(tasks[t].block)];
      Flow flow{.channel = {.from = static_cast<int>(t),
                            .to = home,
                            .node = "",
                            .block = tasks[t].block,
                            .rows = 0,
                            .row_bytes = stage.mvms * block.cols * ((result_bits(m.chip.analog) + 7) / 8)},
                .rows = iteration_order(m.graph, stage,
                                        m.replication.replicas[static_cast<std::size_t>(tasks[t].stage)],
                                        tasks[t].replica)};
      flow.channel.rows = static_cast<int>(flow.rows.size());
      flows.push_back(std::move(flow));
    }
  for (std::size_t t = 0; t < tasks.size(); ++t)
    for (const Reading& reading : readings(m, tasks[t])) {
      std::set<int> needed;
      for (const std::vector<int>& rows : reading.rows) needed.insert(rows.begin(), rows.end());
      const Source source = source_of(m, tasks, reading.node);
      const Node& node = node_at(m.graph, reading.node);
      for (const int from : source.tasks) {
        Flow flow{.channel = {.from = from,
                              .to = static_cast<int>(t),
                              .node = node.name,
                              .block = -1,
                              .rows = 0,
                              .row_bytes = value_row_bytes(m, tasks[t], node)},
                  .rows = {}};
        for (const int row : rows_by_height(node))
          if (needed.count(row) != 0 && source.task_of(row) == from) flow.rows.push_back(row);
        flow.channel.rows = static_cast<int>(flow.rows.size());
        if (!flow.rows.empty()) flows.push_back(std::move(flow));
      }
    }
  return flows;
}

}  // namespace mimosa
