// SPDX-License-Identifier: Apache-2.0
#include "traces/energy_pj.hpp"

namespace mimosa {

double energy_pj(const Counts& counts, const ChipSpec& chip) {
  return energy_j(counts, chip) * 1e12;
}

}  // namespace mimosa
