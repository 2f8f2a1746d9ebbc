// SPDX-License-Identifier: Apache-2.0
#include "traces/energy_pj.hpp"

namespace mimosa {

double energy_pj(const Counts& counts, const ChipSpec& chip) {
  double joules = 0.0;
  for (const auto& [component, part] : energy_by_component(counts, chip)) joules += part;
  return joules * 1e12;
}

}  // namespace mimosa
