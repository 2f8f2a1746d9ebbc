// SPDX-License-Identifier: Apache-2.0
#include "hw/program/interval.hpp"

#include <algorithm>

#include "hw/spec/mvm_timing.hpp"

namespace mimosa {

std::int64_t stage_cycles(const Stage& stage, const VectorWork& work, int replicas, const ChipSpec& chip) {
  std::int64_t longest = work.cycles;
  int widest = 0;
  for (const Block& block : stage.blocks) widest = std::max(widest, block.cols);
  if (widest > 0) longest = std::max(longest, stage.mvms * mvm_timing(chip, widest).interval_cycles);
  for (const Sum& sum : stage.sums) longest = std::max(longest, sum.work.cycles);
  const std::int64_t absorbs = stage.recurrence.positions;  // such a stage has one replica
  return (stage.iterations - absorbs + replicas - 1) / replicas * longest +
         absorbs * stage.recurrence.absorb.cycles;
}

std::int64_t busiest_task_cycles(const Program& program, const ChipSpec& chip) {
  std::int64_t busiest = 1;
  for (std::size_t s = 0; s < program.stages.size(); ++s)
    busiest = std::max(busiest, stage_cycles(program.stages[s], program.work[s], program.replicas[s], chip));
  return busiest;
}

}  // namespace mimosa
