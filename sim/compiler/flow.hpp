// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "models/nn/graph.hpp"
#include "sim/compiler/partition.hpp"
#include "sim/compiler/replicate.hpp"
#include "sim/compiler/usage.hpp"

namespace mimosa {

/// Everything the later stages of the compiler work on, by reference.
struct Mapping {
  const Graph& graph;
  const ChipSpec& chip;
  const Partition& partition;
  const Replication& replication;
};

/// The tasks of a program without code or tiles: the host's input, for every replica of every stage its array
/// tasks, its sum tasks and then its vector task, the host's output.
[[nodiscard]] std::vector<Task> list_tasks(const Partition& partition, const Replication& replication);

/// Iterations that a replica runs, in order: row by row, all slots of a row before the next row, so that a
/// bundle can begin early.
[[nodiscard]] std::vector<int> iteration_order(const Stage& stage, int replicas, int replica);

/// Rows of one node that a task reads, iteration after iteration.
struct Reading {
  int node = 0;
  std::vector<std::vector<int>> rows;  ///< per executed iteration
};
[[nodiscard]] std::vector<Reading> readings(const Mapping& mapping, const Task& task);

/// A channel, the rows it carries in one pass in the order they are sent, and how its readers use them.
struct Flow {
  Channel channel;  ///< capacity not yet decided
  std::vector<int> rows;
  std::vector<Usage> usage;  ///< per reader
  Hold hold;                 ///< of all readers together
  bool waits = false;        ///< for a value made later that its stage reads as well
};
[[nodiscard]] std::vector<Flow> list_flows(const Mapping& mapping, const std::vector<Task>& tasks);
/// The same once tasks have tiles: arrays of one stage on one tile share a channel from each sender, which
/// carries what any of them reads.
[[nodiscard]] std::vector<Flow> list_shared_flows(const Mapping& mapping, const std::vector<Task>& tasks);

}  // namespace mimosa
