// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/replicate.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>

#include "hw/program/interval.hpp"
#include "hw/program/text.hpp"
#include "models/base/error.hpp"

namespace mimosa {
namespace {

int arrays_available(const ChipSpec& chip, const CompilerOptions& options) {
  return options.array_budget == 0 ? chip.arrays() : std::min(options.array_budget, chip.arrays());
}

using Cycles = std::function<std::int64_t(std::size_t stage, int replicas)>;

/// Fewest copies with which no stage takes longer than the slowest one does now.
void leave_out_idle(Replication& plan, const Cycles& cycles) {
  std::int64_t slowest = 0;
  for (std::size_t s = 0; s < plan.replicas.size(); ++s)
    slowest = std::max(slowest, cycles(s, plan.replicas[s]));
  for (std::size_t s = 0; s < plan.replicas.size(); ++s)
    while (plan.replicas[s] > 1 && cycles(s, plan.replicas[s] - 1) <= slowest) --plan.replicas[s];
}

}  // namespace

Replication replicate(const Graph& graph, const Partition& partition, const ChipSpec& chip,
                      const CompilerOptions& options) {
  const std::size_t stages = partition.stages.size();
  Replication plan{std::vector<int>(stages, 1)};
  std::vector<VectorWork> work;
  int used = 0;
  for (const Stage& stage : partition.stages) {
    work.push_back(vector_work(graph, stage, chip));
    used += static_cast<int>(stage.blocks.size());
  }
  const int available = arrays_available(chip, options);
  if (used > available)
    throw UserError("needs " + std::to_string(used) + " arrays of " + std::to_string(chip.array.rows) + "x" +
                    std::to_string(chip.array.cols) + ", " + std::to_string(used - available) +
                    " more than the " + std::to_string(available) +
                    (options.array_budget == 0 ? " of the chip; take a larger chip.mesh"
                                               : " allowed by compiler.array_budget and the chip; raise it"));
  if (!options.replicate) return plan;
  const Cycles cycles = [&](std::size_t s, int replicas) {
    return stage_cycles(partition.stages[s], work[s], replicas, chip);
  };
  for (;;) {
    std::size_t slowest = 0;
    for (std::size_t s = 1; s < stages; ++s)
      if (cycles(s, plan.replicas[s]) > cycles(slowest, plan.replicas[slowest])) slowest = s;
    const Stage& stage = partition.stages[slowest];
    // The next count of replicas that shortens the stage: an even split of its iterations.
    int next = plan.replicas[slowest];
    const std::int64_t now = cycles(slowest, next);
    while (next < stage.iterations && cycles(slowest, next) >= now) ++next;
    const int more = (next - plan.replicas[slowest]) * static_cast<int>(stage.blocks.size());
    if (more <= 0 || used + more > available) break;
    plan.replicas[slowest] = next;
    used += more;
  }
  // The last copies shorten some of the slowest stages, not all. Where arrays share a tile's vector unit and
  // buffer, they would be in the way of the others.
  if (chip.arrays_per_tile() > 1) leave_out_idle(plan, cycles);
  return plan;
}

std::string to_text(const Replication& r) {
  std::string text;
  for (std::size_t s = 0; s < r.replicas.size(); ++s)
    text += Record("replicas").add("stage", static_cast<int>(s)).add("count", r.replicas[s]).line();
  return text;
}

Replication replication_from_text(const std::string& text) {
  Replication r;
  for (const Record& record : parse_records(text)) {
    if (record.kind() != "replicas" || record.number("stage") != static_cast<int>(r.replicas.size()))
      refuse_record(record, "replicas, stage by stage");
    r.replicas.push_back(record.number("count"));
  }
  return r;
}

}  // namespace mimosa
