// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/budget.hpp"
#include "hw/spec/event_costs.hpp"
#include "sim/validate/validate.hpp"

namespace mimosa {

Checks puma_checks(const ChipSpec& puma) {
  constexpr const char* text = "Ankit et al., ASPLOS 2019, text";
  constexpr const char* table = "Ankit et al., ASPLOS 2019, Table 3 (recalled)";
  constexpr const char* simulator = "the authors' simulator, constants";
  const PartBudget core = total(dpe_budget(puma)), tile = total(tile_budget(puma)),
                   node = total(chip_budget(puma));
  const PartBudget network = *find_part(chip_budget(puma), "routers");
  const double cores = puma.tile.dpes, tops = peak_tops(puma), watts = node.peak_mw * 1e-3;
  const double units = puma.arrays(), macs = 128.0 * 128.0;
  const double one_in_flight = units * 2.0 * macs / puma.mvm.latency_ns * 1e-3;
  const double units_at_peak_w = units * puma.mvm.energy_pj / puma.mvm.interval_ns * 1e-3;
  // The vector unit of a core is listed with the tile here.
  const double vector_mw = find_part(tile_budget(puma), "vector")->peak_mw / cores;
  return {
      {"PUMA", "matrix-vector units on the node", "1", 2208.0, units, 0.0, text},
      {"PUMA", "weights held", "MB", 69.0, puma.arrays() * macs * 2.0 * 1e-6 / 1.048576, 0.005, text},
      {"PUMA", "power of a matrix-vector unit", "mW", 19.09, puma.mvm.energy_pj / puma.mvm.latency_ns, 5e-4,
       table},
      {"PUMA", "energy of a multiply-accumulate", "pJ", 2.684, puma.mvm.energy_pj / macs, 2e-4, simulator},
      {"PUMA", "core, power", "mW", 42.37, core.peak_mw + vector_mw + puma.instruction_pj * puma.clock_ghz,
       1e-3, table},
      {"PUMA", "tile, power", "mW", 373.8, tile.peak_mw, 0.005, table, Expectation::Agree,
       "the table's own parts add up to 374.9 mW"},
      {"PUMA", "tile, area", "mm2", 0.479, tile.area_mm2, 0.0, table, Expectation::Contradict,
       "the table's own parts add up to 0.487 mm2"},
      {"PUMA", "on-chip network, power", "mW", 570.63, network.peak_mw, 1e-4, table},
      {"PUMA", "on-chip network, area", "mm2", 1.622, network.area_mm2, 5e-4, table},
      {"PUMA", "node, power", "W", 62.5, watts, 0.005, table},
      {"PUMA", "node, area", "mm2", 90.638, node.area_mm2, 0.02, table, Expectation::Agree,
       "1.7 % of the tile's area is the printed table's own, see there"},
      {"PUMA", "peak throughput", "TOPS", 52.31, tops, 1e-3, text},
      {"PUMA", "peak throughput per watt", "GOPS/W", 837.0, tops * 1e3 / watts, 0.005, text},
      {"PUMA", "peak throughput per area", "GOPS/mm2", 577.0, tops * 1e3 / node.area_mm2, 0.02, text},
      {"PUMA", "throughput with one MVM in flight a unit", "TOPS", 52.31, one_in_flight, 0.0, text,
       Expectation::Contradict,
       "2208 units at their published 2304 ns give 31.4 TOPS; the printed peak implies an MVM every 1383 ns"},
      {"PUMA", "power of the units alone at the printed peak", "W", 62.5, units_at_peak_w, 0.0, text,
       Expectation::Contradict,
       "43.97 nJ every 1383 ns in 2208 units is more than the whole node is said to draw"},
  };
}

}  // namespace mimosa
