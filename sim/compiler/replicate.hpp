// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "models/nn/graph.hpp"
#include "sim/compiler/partition.hpp"

namespace mimosa {

/// Copies of every stage, each with arrays, devices and a vector unit of its own; replica r runs the
/// iterations i with i mod replicas = r.
struct Replication {
  std::vector<int> replicas;
};

/// Copies the slowest stage again and again while the arrays last, so that the pipeline is balanced. On tiles
/// of several arrays, copies that do not shorten the pipeline are left out.
/// UserError when one copy of everything already needs more arrays than there are.
[[nodiscard]] Replication replicate(const Graph& graph, const Partition& partition, const ChipSpec& chip,
                                    const CompilerOptions& options);

/// Work of a stage's digital units in one iteration that makes rows.
[[nodiscard]] VectorWork vector_work(const Graph& graph, const Stage& stage, const ChipSpec& chip);
/// Work of taking one position of keys and values into the state of linear attention.
[[nodiscard]] VectorWork absorb_work(const Graph& graph, const Node& attention, const ChipSpec& chip);

[[nodiscard]] std::string to_text(const Replication& replication);
[[nodiscard]] Replication replication_from_text(const std::string& text);

}  // namespace mimosa
