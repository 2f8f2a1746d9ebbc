// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <vector>

#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// All of one part at one level of the hierarchy.
struct PartBudget {
  std::string part;
  double peak_mw = 0.0;    ///< everything busy, static power included
  double static_mw = 0.0;  ///< always
  double area_mm2 = 0.0;
};
using Budget = std::vector<PartBudget>;

/// Parts of one dot-product engine, of one tile (its engines as one part) and of the chip (its tiles as one
/// part, routers, and what stands outside). Peak: every array reads without pause with all lines in use (a
/// lump: one read in flight), the buffer moves bytes_per_ns, every lane does the dearest thing it can in a
/// cycle (a multiplication, or an addition with a look-up), every port of every router moves a flit a cycle
/// (a router that serves fewer tiles counts in part).
[[nodiscard]] Budget dpe_budget(const ChipSpec& chip);
[[nodiscard]] Budget tile_budget(const ChipSpec& chip);
[[nodiscard]] Budget chip_budget(const ChipSpec& chip);
[[nodiscard]] PartBudget total(const Budget& budget);
/// mm² of every part of the chip, those inside tiles and engines with all their instances; without those that
/// take none. What a level has beside its parts is "rest of …".
[[nodiscard]] std::map<std::string, double> area_by_part(const ChipSpec& chip);
/// Null where the budget has no such part.
[[nodiscard]] const PartBudget* find_part(const Budget& budget, const std::string& part);

/// 10^12 operations a second with every array busy; one multiply-accumulate is two operations.
[[nodiscard]] double peak_tops(const ChipSpec& chip);
/// Bytes of weights that all arrays hold.
[[nodiscard]] double weight_bytes(const ChipSpec& chip);
/// Output conversions a second with every array busy.
[[nodiscard]] double peak_conversions_per_s(const ChipSpec& chip);

}  // namespace mimosa
