// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/compile.hpp"

#include <algorithm>
#include <set>

#include "models/base/error.hpp"
#include "sim/compiler/emit.hpp"

namespace mimosa {

namespace {

Compilation compile_once(const Network& network, const ChipSpec& chip, const CompilerOptions& options) {
  Compilation c;
  c.partition = partition(network.graph, chip, options);
  c.replication = replicate(network.graph, c.partition, chip, options);
  const Mapping mapping{network.graph, chip, c.partition, c.replication};
  c.placement = place(mapping);
  c.schedule = schedule(mapping, c.placement);
  if (c.schedule.overflow.empty()) c.program = emit(mapping, c.placement, c.schedule);
  c.program.network = network.name;
  c.program.slots = network.slots;
  c.program.inputs_per_pass = network.inputs_per_pass;
  return c;
}

int arrays_of(const Compilation& c) {
  int arrays = 0;
  for (std::size_t s = 0; s < c.partition.stages.size(); ++s)
    arrays += c.replication.replicas[s] * static_cast<int>(c.partition.stages[s].blocks.size());
  return arrays;
}

/// In the form of binding that the options name. UserError where the buffers do not hold it.
Compilation compile_bound(const Network& network, const ChipSpec& chip, const CompilerOptions& options) {
  Compilation c = compile_once(network, chip, options);
  if (c.schedule.overflow.empty()) return c;
  // Replicas need buffers too: fewer of them, if one of each stage fits at all.
  CompilerOptions within = options;
  within.replicate = false;
  const Compilation single = compile_once(network, chip, within);
  if (!single.schedule.overflow.empty()) throw UserError(single.schedule.overflow);
  within.replicate = true;
  for (int arrays = arrays_of(c); !c.schedule.overflow.empty(); arrays = arrays_of(c)) {
    within.array_budget = arrays - std::max(1, arrays / 8);
    if (within.array_budget <= arrays_of(single)) return single;
    c = compile_once(network, chip, within);
  }
  return c;
}

/// Compiles every form of binding that the network and the chip allow. UserError, that of the first form,
/// where none is.
Compilation compile_cheapest(const Network& network, const ChipSpec& chip, CompilerOptions options) {
  std::optional<Compilation> best;
  BindingForm best_form;
  BindingChoice choice;
  for (const BindingPlace place : {BindingPlace::Crossbar, BindingPlace::Digital, BindingPlace::Fft}) {
    options.binding = place;
    try {
      Compilation one = compile_bound(network, chip, options);
      choice.forms.push_back(binding_form(place, one.program, chip));
      if (best && !is_cheaper(choice.forms.back(), best_form)) continue;
      best = std::move(one);
      best_form = choice.forms.back();
    } catch (const UserError& error) {
      choice.forms.push_back({.place = place, .refused = error.what()});
    }
  }
  if (!best) throw UserError(choice.forms.front().refused);
  choice.chosen = best_form.place;
  best->binding = std::move(choice);
  return std::move(*best);
}

Compilation compile_any(const Network& network, const ChipSpec& chip, const CompilerOptions& options) {
  if (options.binding != BindingPlace::Auto) return compile_bound(network, chip, options);
  if (binds(network.graph)) return compile_cheapest(network, chip, options);
  CompilerOptions any = options;
  any.binding = BindingPlace::Crossbar;
  return compile_bound(network, chip, any);
}

}  // namespace

Compilation compile(const Network& network, const ChipSpec& chip, const CompilerOptions& options) {
  try {
    return compile_any(network, chip, options);
  } catch (const UserError& error) {
    throw UserError("network " + network.name + ": " + error.what());
  }
}

std::string stage_text(const Compilation& c, const std::string& stage) {
  if (stage == "partition") return to_text(c.partition);
  if (stage == "replicate") return to_text(c.replication);
  if (stage == "place") return to_text(c.placement);
  if (stage == "schedule") return to_text(c.schedule);
  if (stage == "emit" || stage == "program") return to_text(c.program);
  throw UserError("--dump-after: no stage \"" + stage +
                  "\"; allowed: partition, replicate, place, schedule, emit");
}

Footprint footprint(const Program& program, const ChipSpec& chip) {
  Footprint used;
  std::set<int> tiles;
  double cells = 0.0;
  for (const Task& task : program.tasks) {
    if (on_chip(task.kind)) tiles.insert(task.tile);
    if (task.kind != TaskKind::Array) continue;
    ++used.arrays;
    const Block& block =
        program.stages[static_cast<std::size_t>(task.stage)].blocks[static_cast<std::size_t>(task.block)];
    cells += static_cast<double>(block.rows) * block.cols;
  }
  used.tiles = static_cast<int>(tiles.size());
  if (used.arrays > 0) cells /= static_cast<double>(used.arrays) * chip.array.rows * chip.array.cols;
  used.cell_utilisation = cells;
  return used;
}

}  // namespace mimosa
