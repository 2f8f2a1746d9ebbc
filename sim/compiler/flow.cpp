// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/flow.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "hw/program/geometry.hpp"
#include "hw/program/value_format.hpp"
#include "sim/compiler/reduce.hpp"

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
  [[nodiscard]] std::size_t replica_of(int row) const {
    return static_cast<std::size_t>(row / rows_per_iteration) % tasks.size();
  }
};

std::map<int, Source> sources(const Mapping& m, const std::vector<Task>& tasks) {
  std::map<int, Source> of_node{{0, {.tasks = {0}, .rows_per_iteration = 1}}};
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (tasks[t].kind != TaskKind::Vector) continue;
    const Stage& stage = stage_at(m, tasks[t].stage);
    for (const std::string& name : stage.exports) {
      Source& source = of_node[node_index(m.graph, name)];
      source.tasks.push_back(static_cast<int>(t));
      source.rows_per_iteration = stage.rows_per_iteration;
    }
  }
  return of_node;
}

int value_row_bytes(const Mapping& m, const Task& reader, const Node& node) {
  const int dac_bytes = (m.chip.analog.dac.bits + 7) / 8;
  if (reader.kind != TaskKind::Array) return stored_row_bytes(m.graph, node, m.chip.vector);
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
      const Stage& stage = partition.stages[s];
      for (int term = 0; term < term_count(stage); ++term) {
        task.kind = term < static_cast<int>(stage.blocks.size()) ? TaskKind::Array : TaskKind::Sum;
        task.block = term;
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
  if (stage.rows_per_iteration > 1 || stage.recurrence.positions > 0) {
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
  if (task.kind == TaskKind::HostIn || task.kind == TaskKind::Sum) return found;
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

namespace {

/// Partial sums of every term to the sum task that takes it or to the vector task that follows the terms.
void list_partial_sums(const Mapping& m, const std::vector<Task>& tasks, std::vector<Flow>& flows) {
  for (std::size_t home = tasks.size(); home-- > 0;) {
    if (tasks[home].kind != TaskKind::Vector) continue;
    const Stage& stage = stage_at(m, tasks[home].stage);
    const int terms = term_count(stage), first = static_cast<int>(home) - terms;
    std::vector<int> taker(static_cast<std::size_t>(terms), static_cast<int>(home));
    for (std::size_t s = 0; s < stage.sums.size(); ++s)
      for (const int term : stage.sums[s].terms)
        taker[static_cast<std::size_t>(term)] = first + static_cast<int>(stage.blocks.size() + s);
    const std::vector<int> order =
        iteration_order(m.graph, stage, m.replication.replicas[static_cast<std::size_t>(tasks[home].stage)],
                        tasks[home].replica);
    Usage one_by_one;
    one_by_one.receive = one_by_one.release = std::vector<int>(order.size(), 1);
    one_by_one.window = one_by_one.burst = 1;
    for (int term = terms; term-- > 0;) {
      Flow& flow = flows.emplace_back();
      flow.channel = {
          .from = first + term,
          .to = taker[static_cast<std::size_t>(term)],
          .node = "",
          .block = term,
          .rows = static_cast<int>(order.size()),
          .row_bytes = stage.mvms * columns_of(stage, term).count * term_bytes(stage, term, m.chip)};
      flow.rows = order;
      flow.usage = one_by_one;
    }
  }
}

/// Rows of the nodes a task reads, a flow from each replica that makes some of them.
void list_values(const Mapping& m, const std::vector<Task>& tasks, int reader,
                 const std::map<int, Source>& source_of, std::vector<Flow>& flows) {
  const Task& task = tasks[static_cast<std::size_t>(reader)];
  for (const Reading& reading : readings(m, task)) {
    const Node& node = node_at(m.graph, reading.node);
    std::vector<bool> needed(static_cast<std::size_t>(row_count(node)), false);
    for (const std::vector<int>& rows : reading.rows)
      for (const int row : rows) needed[static_cast<std::size_t>(row)] = true;
    const Source& source = source_of.at(reading.node);
    std::vector<std::vector<int>> rows_of(source.tasks.size());
    for (const int row : rows_by_height(node))
      if (needed[static_cast<std::size_t>(row)]) rows_of[source.replica_of(row)].push_back(row);
    for (std::size_t r = 0; r < rows_of.size(); ++r) {
      if (rows_of[r].empty()) continue;
      Usage usage = usage_of(rows_of[r], reading.rows);
      flows.push_back({.channel = {.from = source.tasks[r],
                                   .to = reader,
                                   .node = node.name,
                                   .block = -1,
                                   .rows = static_cast<int>(rows_of[r].size()),
                                   .row_bytes = value_row_bytes(m, task, node)},
                       .rows = std::move(rows_of[r]),
                       .usage = std::move(usage)});
    }
  }
}

}  // namespace

std::vector<Flow> list_flows(const Mapping& m, const std::vector<Task>& tasks) {
  std::vector<Flow> flows;
  list_partial_sums(m, tasks, flows);
  const std::map<int, Source> source_of = sources(m, tasks);
  for (std::size_t t = 0; t < tasks.size(); ++t) list_values(m, tasks, static_cast<int>(t), source_of, flows);
  return flows;
}

std::vector<Flow> list_shared_flows(const Mapping& m, const std::vector<Task>& tasks) {
  // Sender, tile, stage, replica, and the word lines, which decide which rows are read when.
  using Sharing = std::tuple<int, int, int, int, int, int>;
  std::map<Sharing, std::size_t> first_of;
  std::vector<Flow> shared;
  for (Flow& flow : list_flows(m, tasks)) {
    const Task& reader = tasks[static_cast<std::size_t>(flow.channel.to)];
    if (reader.kind == TaskKind::Array) {
      const Block& block = stage_at(m, reader.stage).blocks[static_cast<std::size_t>(reader.block)];
      const Sharing key{flow.channel.from, reader.tile, reader.stage, reader.replica, block.row0, block.rows};
      const auto [found, is_new] = first_of.try_emplace(key, shared.size());
      if (!is_new) {
        shared[found->second].channel.also.push_back(flow.channel.to);
        continue;
      }
    }
    shared.push_back(std::move(flow));
  }
  return shared;
}

}  // namespace mimosa
