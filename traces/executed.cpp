// SPDX-License-Identifier: Apache-2.0
#include "traces/executed.hpp"

namespace mimosa {

Counts executed(const Program& program, const Task& task, const Instruction& instruction,
                const ChipSpec& chip) {
  Counts counts = counts_of(program, task, instruction, chip);
  if (instruction.op == Opcode::Mvm) counts += mvm_counts(program, task.stage);
  if (instruction.op == Opcode::Vec) counts += vec_counts(program, task.stage);
  return counts;
}

double energy_pj(const Counts& counts, const ChipSpec& chip) {
  double joules = 0.0;
  for (const auto& [component, part] : energy_by_component(counts, chip)) joules += part;
  return joules * 1e12;
}

}  // namespace mimosa
