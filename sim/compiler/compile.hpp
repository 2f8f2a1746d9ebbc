// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

#include "hw/program/program.hpp"
#include "models/nn/graph.hpp"
#include "sim/compiler/binding.hpp"
#include "sim/compiler/place.hpp"
#include "sim/compiler/schedule.hpp"

namespace mimosa {

/// Every stage of one compilation.
struct Compilation {
  Partition partition;
  Replication replication;
  Placement placement;
  Schedule schedule;
  Program program;
  std::optional<BindingChoice> binding;  ///< where the compiler chose how slots are bound
};

/// partition → replicate → place → schedule → emit. Needs no weights. UserError "network NAME: …" where the
/// network does not fit. `binding: auto` compiles a network that binds in every form and keeps the cheapest.
[[nodiscard]] Compilation compile(const Network& network, const ChipSpec& chip,
                                  const CompilerOptions& options);

/// Text form of a stage by name: partition, replicate, place, schedule, emit (or program).
[[nodiscard]] std::string stage_text(const Compilation& compilation, const std::string& stage);

/// How much of the chip a program takes.
struct Footprint {
  int arrays = 0, tiles = 0;
  double cell_utilisation = 0.0;  ///< cells that hold a weight / cells of the arrays used
};
[[nodiscard]] Footprint footprint(const Program& program, const ChipSpec& chip);

}  // namespace mimosa
