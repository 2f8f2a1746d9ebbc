// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/flow.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

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
  const Stage* stage =
      nullptr;  ///< an iteration that makes several rows makes those of all slots; host: none
  [[nodiscard]] std::size_t maker_of(int row) const {
    if (stage == nullptr) return 0;
    return static_cast<std::size_t>(
        replica_of(*stage, row % stage->iterations, static_cast<int>(tasks.size())));
  }
};

std::map<int, Source> sources(const Mapping& m, const std::vector<Task>& tasks) {
  std::map<int, Source> of_node{{0, {.tasks = {0}}}};
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (tasks[t].kind != TaskKind::Vector) continue;
    const Stage& stage = stage_at(m, tasks[t].stage);
    for (const std::string& name : stage.exports) {
      Source& source = of_node[node_index(m.graph, name)];
      source.tasks.push_back(static_cast<int>(t));
      source.stage = &stage;
    }
  }
  return of_node;
}

const Block& block_of(const Mapping& m, const Task& array) {
  return stage_at(m, array.stage).blocks[static_cast<std::size_t>(array.block)];
}

/// Bytes of a node's row as DAC codes, of the channels that some of the arrays have word lines for.
int array_row_bytes(const Mapping& m, const Node& node, const std::vector<const Task*>& arrays) {
  const auto channels = static_cast<std::size_t>(node.shape.channels);
  std::vector<bool> used(channels, false);
  for (const Task* array : arrays) {
    const Block& block = block_of(m, *array);
    for (int row = block.row0; row < block.row0 + block.rows; ++row)
      used[static_cast<std::size_t>(row) % channels] = true;
  }
  const auto count = static_cast<int>(std::count(used.begin(), used.end(), true));
  return node.shape.width * count * ((m.chip.analog.dac.bits + 7) / 8);
}

/// Stages on the longest way from the host to every stage, itself included.
std::vector<int> depths(const Mapping& m) {
  std::map<int, int> depth_of_node;
  std::vector<int> depth;
  for (const Stage& stage : m.partition.stages) {
    int longest = stage.analog.empty() ? 0 : depth_of_node[array_input(m.graph, stage)];
    for (const Operand& operand : operands(m.graph, stage))
      longest = std::max(longest, depth_of_node[operand.node]);
    depth.push_back(longest + 1);
    for (const std::string& name : stage.exports) depth_of_node[node_index(m.graph, name)] = depth.back();
  }
  return depth;
}

/// A vector unit waits for its arrays with what it reads beside their result; arrays get their rows early
/// where their result meets a value that comes a longer way.
bool waits(const Task& reader, const Task& sender, const std::vector<int>& depth) {
  if (reader.kind == TaskKind::Vector) return true;
  if (reader.kind != TaskKind::Array) return false;
  const int before = sender.stage < 0 ? 0 : depth[static_cast<std::size_t>(sender.stage)];
  return before + 1 < depth[static_cast<std::size_t>(reader.stage)];
}

int value_row_bytes(const Mapping& m, const Task& reader, const Node& node) {
  if (reader.kind == TaskKind::Array) return array_row_bytes(m, node, {&reader});
  return stored_row_bytes(m.graph, node, m.chip.vector);
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

std::vector<int> iteration_order(const Stage& stage, int replicas, int replica) {
  std::vector<int> order;
  const int height = stage.iterations / stage.slots;
  for (int y = 0; y < height; ++y)
    for (int slot = 0; slot < stage.slots; ++slot)
      if (const int i = slot * height + y; replica_of(stage, i, replicas) == replica) order.push_back(i);
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
  const std::vector<int> order =
      iteration_order(stage, m.replication.replicas[static_cast<std::size_t>(task.stage)], task.replica);
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
    const std::vector<int> order = iteration_order(
        stage, m.replication.replicas[static_cast<std::size_t>(tasks[home].stage)], tasks[home].replica);
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
      flow.usage = {one_by_one};
      flow.hold = {.window = 1, .burst = 1};
    }
  }
}

/// Rows of the nodes a task reads, a flow from each replica that makes some of them.
void list_values(const Mapping& m, const std::vector<Task>& tasks, int reader,
                 const std::map<int, Source>& source_of, const std::vector<int>& depth,
                 std::vector<Flow>& flows) {
  const Task& task = tasks[static_cast<std::size_t>(reader)];
  for (const Reading& reading : readings(m, task)) {
    const Node& node = node_at(m.graph, reading.node);
    std::vector<bool> needed(static_cast<std::size_t>(row_count(node)), false);
    for (const std::vector<int>& rows : reading.rows)
      for (const int row : rows) needed[static_cast<std::size_t>(row)] = true;
    const Source& source = source_of.at(reading.node);
    std::vector<std::vector<int>> rows_of(source.tasks.size());
    for (const int row : rows_by_height(node))
      if (needed[static_cast<std::size_t>(row)]) rows_of[source.maker_of(row)].push_back(row);
    for (std::size_t r = 0; r < rows_of.size(); ++r) {
      if (rows_of[r].empty()) continue;
      const Usage usage = usage_of(rows_of[r], reading.rows);
      flows.push_back({.channel = {.from = source.tasks[r],
                                   .to = reader,
                                   .node = node.name,
                                   .block = -1,
                                   .rows = static_cast<int>(rows_of[r].size()),
                                   .row_bytes = value_row_bytes(m, task, node)},
                       .rows = std::move(rows_of[r]),
                       .usage = {usage},
                       .hold = {usage.window, usage.burst},
                       .waits = waits(task, tasks[static_cast<std::size_t>(source.tasks[r])], depth)});
    }
  }
}

}  // namespace

std::vector<Flow> list_flows(const Mapping& m, const std::vector<Task>& tasks) {
  std::vector<Flow> flows;
  list_partial_sums(m, tasks, flows);
  const std::map<int, Source> source_of = sources(m, tasks);
  const std::vector<int> depth = depths(m);
  for (std::size_t t = 0; t < tasks.size(); ++t)
    list_values(m, tasks, static_cast<int>(t), source_of, depth, flows);
  return flows;
}

namespace {

/// Completes a flow whose `also` lists further readers and whose rows are those of all, some of them twice.
void share(const Mapping& m, const std::vector<Task>& tasks, Flow& flow) {
  const Node& node = node_at(m.graph, node_index(m.graph, flow.channel.node));
  const auto sent_before = [&](int a, int b) {
    const int height = node.shape.height;
    return std::pair(a % height, a / height) < std::pair(b % height, b / height);
  };
  std::sort(flow.rows.begin(), flow.rows.end(), sent_before);
  flow.rows.erase(std::unique(flow.rows.begin(), flow.rows.end()), flow.rows.end());
  flow.channel.rows = static_cast<int>(flow.rows.size());
  std::vector<const Task*> readers;
  flow.usage.clear();
  for (std::size_t r = 0; r < flow.channel.readers(); ++r) {
    readers.push_back(&tasks[static_cast<std::size_t>(flow.channel.reader(r))]);
    flow.usage.push_back(usage_of(flow.rows, readings(m, *readers.back()).front().rows));
  }
  flow.channel.row_bytes = array_row_bytes(m, node, readers);
  flow.hold = held_by(flow.usage);
}

}  // namespace

std::vector<Flow> list_shared_flows(const Mapping& m, const std::vector<Task>& tasks) {
  using Sharing = std::tuple<int, int, int>;  // sender, tile, stage
  std::map<Sharing, std::size_t> first_of;
  std::vector<Flow> shared;
  for (Flow& flow : list_flows(m, tasks)) {
    const Task& reader = tasks[static_cast<std::size_t>(flow.channel.to)];
    if (reader.kind == TaskKind::Array) {
      const auto [found, is_new] =
          first_of.try_emplace({flow.channel.from, reader.tile, reader.stage}, shared.size());
      if (!is_new) {
        Flow& first = shared[found->second];
        first.channel.also.push_back(flow.channel.to);
        first.rows.insert(first.rows.end(), flow.rows.begin(), flow.rows.end());
        continue;
      }
    }
    shared.push_back(std::move(flow));
  }
  for (Flow& flow : shared)
    if (!flow.channel.also.empty()) share(m, tasks, flow);
  return shared;
}

}  // namespace mimosa
