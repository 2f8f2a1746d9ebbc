// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/event_costs.hpp"

#include "hw/spec/adc_survey.hpp"
#include "hw/spec/mvm_timing.hpp"
#include "hw/spec/node_scaling.hpp"

namespace mimosa {
namespace {

double scale_from(double from_nm, const ChipSpec& chip) {
  return from_nm == 0.0 ? 1.0 : logic_energy_scale(from_nm, chip.node_nm);
}

void add_reads(EventCosts& costs, const ChipSpec& chip) {
  const MvmCost& mvm = chip.mvm;
  if (mvm.model == MvmCostModel::Lump) {
    costs.read = mvm.energy_pj / reads_of_lump(chip);
    return;
  }
  costs.drive = mvm.dac.energy_pj;
  costs.input_register = mvm.input_register.energy_pj;
  if (mvm.activity == ActivityModel::Data) {
    costs.drive = mvm.dac.energy_pj * mvm.dac_base;
    costs.driven_milli = mvm.dac.energy_pj * (1.0 - mvm.dac_base) * 1e-3;
    costs.driven_ns = mvm.read_v * mvm.read_v * mvm.read_ns * 1e-6;  // V² nS ns = 1e-18 J
  } else {
    costs.cell_read = mvm.cells.energy_pj / cells_of_array(chip);
  }
  costs.sample_hold = mvm.sample_hold.energy_pj;
  costs.conversion = adc_cost(chip).energy_pj;
  costs.shift_add = mvm.shift_add.energy_pj;
  costs.output_register = mvm.output_register.energy_pj;
}

}  // namespace

double cells_of_array(const ChipSpec& chip) {
  return 2.0 * chip.array.rows * chip.array.cols;
}

ComponentCost adc_cost(const ChipSpec& chip) {
  const AdcCost& adc = chip.mvm.adc;
  if (adc.model == AdcCostModel::Given) return adc.conversion;
  const AdcSurvey survey = survey_adc(chip.analog.adc.bits, adc.rate_gs * 1e9, chip.node_nm);
  return {.energy_pj = survey.energy_pj, .static_mw = 0.0, .area_um2 = survey.area_um2};
}

EventCosts event_costs(const ChipSpec& chip) {
  EventCosts costs;
  add_reads(costs, chip);
  const double vector = scale_from(chip.vector.from_nm, chip), buffer = scale_from(chip.buffer.from_nm, chip);
  costs.add = chip.vector.add_pj * vector;
  costs.mul = chip.vector.mul_pj * vector;
  costs.special = chip.vector.special_pj * vector;
  costs.mac = chip.matrix.mac_pj * scale_from(chip.matrix.from_nm, chip);
  costs.buffer_read = chip.buffer.read_pj_per_byte * buffer;
  costs.buffer_write = chip.buffer.write_pj_per_byte * buffer;
  costs.bus = chip.buffer.bus_pj_per_byte * buffer;
  costs.bit_hop = chip.noc.energy_pj_per_bit_hop;
  costs.io_bit = chip.io.energy_pj_per_bit;
  costs.instruction = chip.instruction_pj;
  return costs;
}

}  // namespace mimosa
