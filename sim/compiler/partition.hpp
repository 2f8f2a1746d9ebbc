// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "models/nn/graph.hpp"
#include "sim/config/experiment.hpp"

namespace mimosa {

/// The network as stages, in topological order, each layer's matrix cut to arrays whose
/// partial sums are reduced along a tree.
struct Partition {
  std::vector<Stage> stages;
};

/// Groups the graph into stages: every analog operation starts one, elementwise operations join the stage of
/// their last input, operations that gather rows start one without arrays. A batch norm that alone reads an
/// analog result folds into its column affine. UserError where a network cannot be mapped.
[[nodiscard]] Partition partition(const Graph& graph, const ChipSpec& chip, const CompilerOptions& options);

[[nodiscard]] std::string to_text(const Partition& partition);
[[nodiscard]] Partition partition_from_text(const std::string& text);

}  // namespace mimosa
