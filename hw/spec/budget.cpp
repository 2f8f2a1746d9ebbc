// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/budget.hpp"

#include <algorithm>

#include "hw/spec/event_costs.hpp"
#include "hw/spec/mvm_timing.hpp"
#include "models/crossbar/mvm_events.hpp"

namespace mimosa {
namespace {

constexpr double mm2_per_um2 = 1e-6;

/// `instances` of a component that together have `events` of `energy_pj` a nanosecond.
PartBudget part(const char* name, double instances, const ComponentCost& cost, double energy_pj,
                double events) {
  const double always = instances * cost.static_mw;
  return {name, events * energy_pj + always, always, instances * cost.area_um2 * mm2_per_um2};
}

int whole_array_cols(const ChipSpec& chip) {
  return logical_cols(chip.analog, chip.array.cols);
}

/// Of one array of components.
Budget array_budget(const ChipSpec& chip) {
  const MvmCost& mvm = chip.mvm;
  const EventCosts costs = event_costs(chip);
  const int cols = whole_array_cols(chip);
  const double columns = conversions_per_read(chip.analog, cols), interval = read_interval_ns(chip, cols);
  const double mvm_interval = interval * reads_per_mvm(chip.analog);
  const double rows = chip.array.rows;
  return {
      part("dac", rows, mvm.dac, mvm.dac.energy_pj, rows / interval),
      part("cells", 1.0, mvm.cells, mvm.cells.energy_pj, 1.0 / interval),
      part("sample_hold", columns, mvm.sample_hold, costs.sample_hold, columns / interval),
      part("adc", mvm.adc.per_array, adc_cost(chip), costs.conversion, columns / interval),
      part("shift_add", 1.0, mvm.shift_add, costs.shift_add, columns / interval),
      part("input_register", 1.0, mvm.input_register, costs.input_register, rows / interval),
      part("output_register", 1.0, mvm.output_register, costs.output_register, cols / mvm_interval),
  };
}

PartBudget times(PartBudget budget, double count) {
  budget.peak_mw *= count;
  budget.static_mw *= count;
  budget.area_mm2 *= count;
  return budget;
}

PartBudget rest(double static_mw, double area_mm2) {
  return {"rest", static_mw, static_mw, area_mm2};
}

PartBudget named(const char* name, PartBudget budget) {
  budget.part = name;
  return budget;
}

}  // namespace

Budget dpe_budget(const ChipSpec& chip) {
  Budget budget;
  if (chip.mvm.model == MvmCostModel::Lump)
    budget.push_back({"mvm", chip.mvm.energy_pj / chip.mvm.latency_ns, 0.0, 0.0});
  else
    budget = array_budget(chip);
  for (PartBudget& p : budget) p = times(p, chip.tile.arrays_per_dpe);
  budget.push_back(rest(chip.idle.dpe_mw, chip.area.dpe_mm2));
  return budget;
}

Budget tile_budget(const ChipSpec& chip) {
  const EventCosts costs = event_costs(chip);
  const double lane_pj = std::max(costs.mul, costs.add + costs.special);
  const double byte_pj = std::max(costs.buffer_read, costs.buffer_write);
  return {named("dpes", times(total(dpe_budget(chip)), chip.tile.dpes)),
          {"vector", chip.vector.lanes * chip.clock_ghz * lane_pj, 0.0, chip.vector.area_mm2},
          {"matrix", chip.matrix.macs_per_cycle * chip.clock_ghz * costs.mac, 0.0, chip.matrix.area_mm2},
          {"buffer", chip.buffer.bytes_per_ns * byte_pj, 0.0, chip.buffer.area_mm2},
          {"bus", chip.buffer.bytes_per_ns * costs.bus, 0.0, 0.0},
          {"control", chip.clock_ghz * costs.instruction, 0.0, 0.0},
          rest(chip.idle.tile_mw, chip.area.tile_mm2)};
}

Budget chip_budget(const ChipSpec& chip) {
  const NocSpec& noc = chip.noc;
  const double flits = noc.ports * chip.clock_ghz * noc.flit_bytes * 8.0 * event_costs(chip).bit_hop;
  const PartBudget router{"routers", flits + noc.router_static_mw, noc.router_static_mw, noc.router_area_mm2};
  return {named("tiles", times(total(tile_budget(chip)), chip.tiles())),
          times(router, static_cast<double>(chip.tiles()) / chip.mesh.concentration),
          rest(chip.idle.chip_mw, chip.area.chip_mm2)};
}

PartBudget total(const Budget& budget) {
  PartBudget sum{.part = "total"};
  for (const PartBudget& p : budget) {
    sum.peak_mw += p.peak_mw;
    sum.static_mw += p.static_mw;
    sum.area_mm2 += p.area_mm2;
  }
  return sum;
}

std::map<std::string, double> area_by_part(const ChipSpec& chip) {
  std::map<std::string, double> areas;
  const auto add = [&](const Budget& budget, double count, const std::string& level, const char* inner) {
    for (const PartBudget& p : budget)
      if (p.part != inner && p.area_mm2 > 0.0)
        areas[p.part == "rest" ? "rest of " + level : p.part] += count * p.area_mm2;
  };
  add(chip_budget(chip), 1.0, "chip", "tiles");
  add(tile_budget(chip), chip.tiles(), "tiles", "dpes");
  add(dpe_budget(chip), static_cast<double>(chip.tiles()) * chip.tile.dpes, "dpes", "");
  return areas;
}

const PartBudget* find_part(const Budget& budget, const std::string& part) {
  const auto found =
      std::find_if(budget.begin(), budget.end(), [&](const PartBudget& p) { return p.part == part; });
  return found == budget.end() ? nullptr : &*found;
}

double peak_tops(const ChipSpec& chip) {
  const int cols = whole_array_cols(chip);
  const double interval_ns = read_interval_ns(chip, cols) * reads_per_mvm(chip.analog);
  return 2.0 * chip.arrays() * chip.array.rows * cols / interval_ns * 1e-3;
}

double weight_bytes(const ChipSpec& chip) {
  return static_cast<double>(chip.arrays()) * chip.array.rows * whole_array_cols(chip) *
         chip.analog.weights.bits / 8.0;
}

double peak_conversions_per_s(const ChipSpec& chip) {
  const int cols = whole_array_cols(chip);
  return chip.arrays() * conversions_per_read(chip.analog, cols) / read_interval_ns(chip, cols) * 1e9;
}

}  // namespace mimosa
