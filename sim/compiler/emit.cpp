// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/emit.hpp"

#include <algorithm>

#include "hw/program/geometry.hpp"
#include "hw/program/value_format.hpp"

namespace mimosa {
namespace {

/// Writes the code of one task after the other.
class Emitter {
 public:
  Emitter(const Mapping& m, const std::vector<Task>& tasks)
      : m_(m),
        tasks_(tasks),
        flows_(list_shared_flows(m, tasks)),
        into_(tasks.size()),
        out_of_(tasks.size()),
        next_row_(flows_.size(), 0) {
    for (std::size_t c = 0; c < flows_.size(); ++c) {
      into_[static_cast<std::size_t>(flows_[c].channel.to)].push_back({c, 0});
      for (std::size_t a = 0; a < flows_[c].channel.also.size(); ++a)
        into_[static_cast<std::size_t>(flows_[c].channel.also[a])].push_back({c, static_cast<int>(a) + 1});
      out_of_[static_cast<std::size_t>(flows_[c].channel.from)].push_back(c);
    }
  }

  std::vector<Instruction> code_of(int task) {
    code_.clear();
    switch (tasks_[static_cast<std::size_t>(task)].kind) {
      case TaskKind::HostIn:
        host_in();
        break;
      case TaskKind::HostOut:
        host_out(task);
        break;
      default:
        on_chip(task);
    }
    return code_;
  }

 private:
  /// A flow, and which of its readers a task is.
  struct Incoming {
    std::size_t flow = 0;
    int reader = 0;
  };

  [[nodiscard]] const Usage& usage(std::size_t flow, int reader) const {
    return flows_[flow].usage[static_cast<std::size_t>(reader)];
  }

  void add(Opcode op, int channel, int iteration, int count, int reader = 0) {
    code_.push_back({.op = op, .channel = channel, .iteration = iteration, .count = count, .reader = reader});
  }

  void receive(int task, std::size_t k) {
    for (const auto& [c, reader] : into_[static_cast<std::size_t>(task)])
      for (int i = 0; i < usage(c, reader).receive[k]; ++i)
        add(Opcode::Recv, static_cast<int>(c), -1, 1, reader);
  }

  void release(int task, std::size_t k) {
    for (const auto& [c, reader] : into_[static_cast<std::size_t>(task)])
      give_back(c, reader, usage(c, reader).release[k]);
  }

  /// Readers of a shared channel are done with different rows at different times: one place by one, so that
  /// all give back in the same steps.
  void give_back(std::size_t c, int reader, int places) {
    const int step = flows_[c].channel.also.empty() ? places : 1;
    for (; places > 0; places -= step) add(Opcode::Sync, static_cast<int>(c), -1, step, reader);
  }

  /// What a task is sent after it has run all its iterations, because others on its tile read it.
  void take_rest(int task) {
    for (const auto& [c, reader] : into_[static_cast<std::size_t>(task)])
      for (int i = 0; i < usage(c, reader).rest; ++i) {
        add(Opcode::Recv, static_cast<int>(c), -1, 1, reader);
        give_back(c, reader, 1);
      }
  }

  /// Sends a row of a node (or an iteration's partial sums) into every channel whose next row it is.
  void send(int task, const std::string& node, int row) {
    for (const std::size_t c : out_of_[static_cast<std::size_t>(task)]) {
      const Flow& flow = flows_[c];
      if (flow.channel.node != node) continue;
      if (next_row_[c] == flow.rows.size() || flow.rows[next_row_[c]] != row) continue;
      ++next_row_[c];
      add(Opcode::Send, static_cast<int>(c), -1, 1);
    }
  }

  void host_in() {
    const Node& input = m_.graph.nodes.front();
    for (int y = 0; y < input.shape.height; ++y)
      for (int slot = 0; slot < input.slots; ++slot) {
        add(Opcode::Load, -1, -1, row_size(input) * (m_.graph.vocabulary > 256 ? 2 : 1));  // pixels are bytes
        send(0, input.name, slot * input.shape.height + y);
      }
  }

  void host_out(int task) {
    const int bytes = stored_row_bytes(m_.graph, m_.graph.output(), m_.chip.vector);
    for (int k = 0; k < row_count(m_.graph.output()); ++k) {
      receive(task, static_cast<std::size_t>(k));
      add(Opcode::Store, -1, -1, bytes);
      release(task, static_cast<std::size_t>(k));
    }
  }

  void on_chip(int index) {
    const Task& task = tasks_[static_cast<std::size_t>(index)];
    const Stage& stage = m_.partition.stages[static_cast<std::size_t>(task.stage)];
    const std::vector<int> order =
        iteration_order(stage, m_.replication.replicas[static_cast<std::size_t>(task.stage)], task.replica);
    for (std::size_t k = 0; k < order.size(); ++k) {
      receive(index, k);
      add(task.kind == TaskKind::Array ? Opcode::Mvm : Opcode::Vec, -1, order[k], 1);
      release(index, k);
      if (task.kind != TaskKind::Vector) {
        send(index, "", order[k]);
        continue;
      }
      for (const std::string& node : stage.exports)
        for (const int row : rows_made(stage, order[k])) send(index, node, row);
    }
    take_rest(index);
  }

  const Mapping& m_;
  const std::vector<Task>& tasks_;
  std::vector<Flow> flows_;
  std::vector<std::vector<Incoming>> into_;       ///< flows to each task
  std::vector<std::vector<std::size_t>> out_of_;  ///< and from it
  std::vector<std::size_t> next_row_;
  std::vector<Instruction> code_;
};

}  // namespace

Program emit(const Mapping& m, const Placement& placement, const Schedule& schedule) {
  Program program;
  program.stages = m.partition.stages;
  program.replicas = m.replication.replicas;
  for (const Stage& stage : program.stages) program.work.push_back(vector_work(m.graph, stage, m.chip));
  program.channels = schedule.channels;
  const std::vector<Task> tasks = placed_tasks(m, placement);
  Emitter emitter(m, tasks);
  program.tasks = tasks;
  for (std::size_t t = 0; t < tasks.size(); ++t) program.tasks[t].code = emitter.code_of(static_cast<int>(t));
  return program;
}

}  // namespace mimosa
