// SPDX-License-Identifier: Apache-2.0
#include "hw/program/interval.hpp"

#include <algorithm>

namespace mimosa {

std::int64_t busiest_task_cycles(const Program& program, const ChipSpec& chip) {
  std::int64_t busiest = 1;
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage& stage = program.stages[s];
    const std::int64_t replicas = program.replicas[s],
                       iterations = (stage.iterations + replicas - 1) / replicas;
    if (!stage.analog.empty())
      busiest = std::max(busiest, iterations * stage.mvms * mvm_interval_cycles(chip));
    busiest = std::max(busiest, iterations * program.work[s].cycles);
  }
  return busiest;
}

}  // namespace mimosa
