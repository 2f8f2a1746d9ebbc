// SPDX-License-Identifier: Apache-2.0
#include "hw/program/counts.hpp"
#include "hw/spec/budget.hpp"
#include "hw/spec/event_costs.hpp"
#include "hw/spec/mvm_timing.hpp"
#include "sim/validate/validate.hpp"

namespace mimosa {
namespace {

constexpr const char* table = "Shafiee et al., ISCA 2016, Table I (corrected October 2016)";
constexpr const char* derived = "arithmetic on Table I";

/// Half a unit of the last printed digit, at a printed value.
constexpr double digit(double half_unit, double value) {
  return half_unit / value;
}

Checks budget_checks(const ChipSpec& chip) {
  const PartBudget dpe = total(dpe_budget(chip)), tile = total(tile_budget(chip)),
                   all = total(chip_budget(chip));
  const PartBudget routers = *find_part(chip_budget(chip), "routers");
  const double tiles = chip.tiles(), dpes = chip.tile.dpes;
  const double tile_mw = tile.peak_mw + routers.peak_mw / tiles,
               tile_mm2 = tile.area_mm2 + routers.area_mm2 / tiles;
  const double adc_mw = find_part(dpe_budget(chip), "adc")->peak_mw;
  return {
      {"ISAAC", "12 IMAs of a tile, power", "mW", 289.0, dpes * dpe.peak_mw, digit(0.5, 289.0), table},
      {"ISAAC", "12 IMAs of a tile, area", "mm2", 0.157, dpes * dpe.area_mm2, 0.005, table},
      {"ISAAC", "tile with its quarter of a router, power", "mW", 330.0, tile_mw, digit(0.5, 330.0), table},
      {"ISAAC", "tile with its quarter of a router, area", "mm2", 0.372, tile_mm2, digit(0.0005, 0.372),
       table},
      {"ISAAC", "168 tiles, power", "W", 55.4, tiles * tile_mw * 1e-3, digit(0.05, 55.4), table},
      {"ISAAC", "168 tiles, area", "mm2", 62.5, tiles * tile_mm2, digit(0.05, 62.5), table},
      {"ISAAC", "chip, power", "W", 65.8, all.peak_mw * 1e-3, digit(0.05, 65.8), table},
      {"ISAAC", "chip, area", "mm2", 85.4, all.area_mm2, digit(0.05, 85.4), table},
      {"ISAAC", "share of converters in a tile's power", "1", 0.582, dpes * adc_mw / tile_mw,
       digit(0.0005, 0.582), derived},
  };
}

Checks throughput_checks(const ChipSpec& chip) {
  const PartBudget all = total(chip_budget(chip));
  const double gops = peak_tops(chip) * 1e3;
  const double bare_mm2 = chip.arrays() * chip.mvm.cells.area_um2 * 1e-6;
  return {
      {"ISAAC", "peak throughput", "TOPS", 41.288, gops * 1e-3, digit(0.0005, 41.288), derived},
      {"ISAAC", "peak throughput per watt", "GOPS/W", 627.5, gops / (all.peak_mw * 1e-3), 0.001, table},
      {"ISAAC", "peak throughput per watt, as first printed", "GOPS/W", 363.7, gops / (all.peak_mw * 1e-3),
       0.0, "Shafiee et al., ISCA 2016, first version", Expectation::Contradict,
       "superseded by the authors' corrected table of October 2016"},
      {"ISAAC", "peak throughput per area", "GOPS/mm2", 478.95, gops / all.area_mm2, 0.01, table,
       Expectation::Agree, "0.9 % more than printed; its origin is not known"},
      {"ISAAC", "peak throughput per area of bare arrays", "GOPS/mm2", 1707.0, gops / bare_mm2, 0.0,
       "Shafiee et al., ISCA 2016, text", Expectation::Contradict,
       "the text's figure is 60 times below what its own table gives for 25 um2 an array"},
      {"ISAAC", "weights held", "MB", 66.06, weight_bytes(chip) * 1e-6, digit(0.005, 66.06), derived},
  };
}

Checks conversion_checks(const ChipSpec& chip) {
  const double conversions = peak_conversions_per_s(chip), pj = event_costs(chip).conversion;
  const int weights = logical_cols(chip.analog, chip.array.cols);
  const double per_weight = chip.arrays() * weights / read_interval_ns(chip, weights) * 1e9;
  return {
      {"ISAAC", "conversions per second", "1/s", 2.0644e13, conversions, 1e-4, derived},
      {"ISAAC", "power of all converters", "W", 32.256, conversions * pj * 1e-12, 1e-4, derived},
      {"ISAAC", "the same with one conversion a weight", "W", 32.256, per_weight * pj * 1e-12, 0.5, derived,
       Expectation::Differ, "a model that forgets the 8 columns of a weight would find this"},
  };
}

Checks array_checks(const ChipSpec& chip) {
  const int cols = logical_cols(chip.analog, chip.array.cols);
  const auto energy = energy_by_component(
      mvm_counts({.row0 = 0, .rows = chip.array.rows, .col0 = 0, .cols = cols}, 1, chip.analog), chip);
  const MvmTiming time = mvm_timing(chip);
  return {
      {"ISAAC", "128 x 16 MVM of 16 bits: converters", "nJ", 3.2, energy.at("adc") * 1e9, 1e-3, derived},
      {"ISAAC", "128 x 16 MVM of 16 bits: DACs", "nJ", 0.8, energy.at("dac") * 1e9, 1e-3, derived},
      {"ISAAC", "128 x 16 MVM of 16 bits: cells", "nJ", 0.48, energy.at("cells") * 1e9, 1e-3, derived},
      {"ISAAC", "time between two MVMs of an array", "ns", 1600.0,
       static_cast<double>(time.interval_cycles) / chip.clock_ghz, 1e-3, "Shafiee et al., ISCA 2016, text"},
      {"ISAAC", "crossbar, conversion, shift-and-add of an MVM", "ns", 1900.0,
       static_cast<double>(time.latency_cycles) / chip.clock_ghz, 1e-3,
       "Shafiee et al., ISCA 2016, pipeline: cycles 2 to 20 of 100 ns"},
  };
}

}  // namespace

Checks isaac_checks(const ChipSpec& isaac) {
  Checks all;
  for (const Checks& part :
       {budget_checks(isaac), throughput_checks(isaac), conversion_checks(isaac), array_checks(isaac)})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace mimosa
