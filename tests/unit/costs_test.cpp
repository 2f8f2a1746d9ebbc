// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "hw/spec/adc_survey.hpp"
#include "hw/spec/budget.hpp"
#include "hw/spec/event_costs.hpp"
#include "hw/spec/mvm_timing.hpp"
#include "hw/spec/node_scaling.hpp"
#include "models/base/error.hpp"
#include "models/crossbar/mvm_events.hpp"
#include "tests/support/small_chip.hpp"

namespace mimosa {
namespace {

/// Two's complement bit-serial inputs of 4 bits, 4-bit offset weights in 2-bit cells: 4 reads, 2 columns a
/// weight.
ChipSpec serial_chip() {
  ChipSpec chip = small_chip();
  chip.clock_ghz = 1.0;
  chip.analog.weights.scheme = WeightScheme::Offset;
  chip.analog.weights.bits = 4;
  chip.analog.weights.cell_bits = 2;
  chip.analog.dac.bits = 4;
  chip.analog.dac.input = InputKind::Voltage;
  chip.analog.dac.code = InputCode::TwosComplement;
  chip.analog.dac.slice_bits = 1;
  chip.mvm.model = MvmCostModel::Components;
  chip.mvm.step_ns = 10.0;
  chip.mvm.adc.per_array = 4;
  chip.mvm.adc.rate_gs = 0.5;
  chip.mvm.shift_add_ns = 3.0;
  return chip;
}

}  // namespace

// Printed values of the public model, to the last digit shown (reference: accelergy-adc-plug-in).
TEST_CASE("the survey of converters gives the figures of the public model", "[costs]") {
  struct Row {
    int bits;
    double hz, nm, pj, um2;
  };
  for (const Row& r : {Row{8, 1.28e9, 32, 1.92921, 6469.3}, Row{8, 1.2e9, 32, 1.84861, 6313.1},
                       Row{6, 1e9, 32, 1.06509, 5179.8}, Row{4, 1e9, 32, 0.92375, 4963.8},
                       Row{10, 1e9, 32, 13.94548, 11180.1}, Row{8, 1e8, 65, 6.49448, 11861.7},
                       Row{8, 1e9, 14, 0.36221, 1650.4}, Row{8, 1e8, 40, 2.60695, 5573.6},
                       Row{8, 1e8, 22, 0.84724, 2199.0}, Row{8, 1e9, 7, 0.09840, 561.4}}) {
    const AdcSurvey adc = survey_adc(r.bits, r.hz, r.nm);
    // The reference computed with more digits of the model than it prints.
    CHECK(adc.energy_pj == Approx(r.pj).epsilon(1e-5).margin(5e-6));
    CHECK(adc.area_um2 == Approx(r.um2).margin(0.051).epsilon(0.0));
  }
  CHECK_THROWS_AS(survey_adc(3, 1e9, 32), UserError);
  CHECK_THROWS_AS(survey_adc(8, 2e10, 32), UserError);
}

TEST_CASE("energy of logic scales between nodes as published", "[costs]") {
  CHECK(logic_energy_scale(32, 14) == Approx(0.210581).margin(5e-7));
  CHECK(logic_energy_scale(45, 7) == Approx(0.094309).margin(5e-7));
  CHECK(logic_energy_scale(32, 7) == Approx(0.143035).margin(5e-7));
  CHECK(logic_energy_scale(65, 32) == Approx(0.531445).margin(5e-7));
  CHECK(logic_energy_scale(45, 32) == Approx(0.659340).margin(5e-7));
  CHECK(logic_energy_scale(45, 7, 0.9, 0.7) == Approx(0.056631).margin(5e-7));
  CHECK(logic_energy_scale(14, 14) == 1.0);
  CHECK_THROWS_AS(logic_energy_scale(32, 5), UserError);
}

TEST_CASE("a vector unit's energies of another node are scaled to the chip's", "[costs]") {
  ChipSpec chip = small_chip();
  chip.node_nm = 14.0;
  chip.vector.add_pj = 0.4;
  chip.vector.from_nm = 45.0;
  CHECK(event_costs(chip).add == Approx(0.4 * 0.138844).epsilon(1e-5).margin(5e-6));  // 0.096222 / 0.693020
  chip.vector.from_nm = 0.0;
  CHECK(event_costs(chip).add == 0.4);
}

TEST_CASE("events of an MVM count the cells and lines that a block uses", "[costs]") {
  const ChipSpec chip = serial_chip();
  const MvmEvents e = events_per_mvm(chip.analog, 10, 3);
  CHECK(e.drives == 4 * 10);
  CHECK(e.conversions == 4 * 3 * 2);
  CHECK(e.cell_reads == 4 * 10 * 3 * 2);
  CHECK(e.results == 3);
  ArraySpec pairs;  // 8-bit pulses: one read; two cells of a pair are one column
  CHECK(events_per_mvm(pairs, 10, 3).cell_reads == 60);
  CHECK(events_per_mvm(pairs, 10, 3).conversions == 3);
  pairs.read.phases = 4;  // signs and polarities apart
  CHECK(events_per_mvm(pairs, 10, 3).cell_reads == 4 * 30);
  CHECK(events_per_mvm(pairs, 10, 3).conversions == 12);
}

TEST_CASE("a read takes its step, then columns take turns at the converters", "[costs]") {
  ChipSpec chip = serial_chip();
  // 3 weights are 6 columns: 2 turns of 2 ns, hidden behind the next step of 10 ns; the last is not.
  CHECK(mvm_timing(chip, 3).interval_cycles == 40);
  CHECK(mvm_timing(chip, 3).latency_cycles == 40 + 4 + 3);
  // 16 weights are 32 columns: 8 turns of 2 ns are longer than a step.
  CHECK(mvm_timing(chip, 16).interval_cycles == 64);
  CHECK(mvm_timing(chip, 16).latency_cycles == 10 + 64 + 3);
  chip.mvm.overlap = false;
  CHECK(mvm_timing(chip, 3).interval_cycles == 4 * 14);
  CHECK(mvm_timing(chip, 3).latency_cycles == 4 * 14 + 3);
}

TEST_CASE("pulses and bits of a conversion add time", "[costs]") {
  ChipSpec chip = serial_chip();
  chip.analog.dac = {.bits = 4, .input = InputKind::PulseWidth};
  chip.mvm.pulse_ns = 2.0;
  chip.mvm.overlap = false;
  chip.mvm.adc.per_array = 32;
  chip.mvm.adc.rate_gs = 1.0;
  chip.mvm.adc.bit_ns = 0.5;
  chip.analog.adc.bits = 6;
  CHECK(mvm_timing(chip, 3).interval_cycles == 10 + 2 * 7 + 1 + 3);  // codes reach 7
}

TEST_CASE("a lump may be of a read or of a whole MVM", "[costs]") {
  ChipSpec chip = serial_chip();
  chip.mvm = {};
  chip.mvm.latency_ns = 50.0;
  chip.mvm.interval_ns = 20.0;
  chip.mvm.energy_pj = 8.0;
  CHECK(mvm_timing(chip, 3).interval_cycles == 80);
  CHECK(mvm_timing(chip, 3).latency_cycles == 3 * 20 + 50);
  CHECK(energy_by_component({.mvms = 1}, chip).at("mvm") == Approx(32e-12));
  chip.mvm.lump_of = LumpOf::Mvm;
  CHECK(mvm_timing(chip, 3).interval_cycles == 20);
  CHECK(mvm_timing(chip, 3).latency_cycles == 50);
  CHECK(energy_by_component({.mvms = 1}, chip).at("mvm") == Approx(8e-12));
}

TEST_CASE("energy of parts follows the events and stands within its boundary", "[costs]") {
  ChipSpec chip = serial_chip();
  chip.mvm.dac.energy_pj = 1.0;
  chip.mvm.cells.energy_pj = 64.0 * 128.0;  // 1 pJ a cell
  chip.mvm.sample_hold.energy_pj = 10.0;
  chip.mvm.adc.conversion.energy_pj = 100.0;
  chip.mvm.shift_add.energy_pj = 1000.0;
  chip.mvm.input_register.energy_pj = 0.5;
  chip.mvm.output_register.energy_pj = 7.0;
  const Counts counts = mvm_counts(Block{.row0 = 0, .rows = 10, .col0 = 0, .cols = 3}, 2, chip.analog);
  const auto energy = energy_by_component(counts, chip);
  CHECK(energy.at("dac") == Approx(80e-12));
  CHECK(energy.at("cells") == Approx(2 * 240e-12));
  CHECK(energy.at("sample_hold") == Approx(48 * 10e-12));
  CHECK(energy.at("adc") == Approx(48 * 100e-12));
  CHECK(energy.at("shift_add") == Approx(48 * 1000e-12));
  CHECK(energy.at("registers") == Approx(40e-12 + 42e-12));
  CHECK(energy.count("mvm") == 0);
  const EnergyBoundaries sums = energy_boundaries(energy);
  CHECK(sums.arrays_j == Approx(sums.chip_and_io_j));
  Counts with_io = counts;
  with_io.io_bytes = 1000;
  with_io.adds = 1000;
  const EnergyBoundaries wider = energy_boundaries(energy_by_component(with_io, chip));
  CHECK(wider.arrays_j == Approx(sums.arrays_j));
  CHECK(wider.chip_j == Approx(sums.arrays_j + 1000 * chip.vector.add_pj * 1e-12));
  CHECK(wider.chip_and_io_j == Approx(wider.chip_j + 8000 * chip.io.energy_pj_per_bit * 1e-12));
}

TEST_CASE("impossible costs of an MVM are refused with what is short", "[costs]") {
  ChipSpec chip = serial_chip();
  chip.mvm.adc.per_array = 1000;
  CHECK_THROWS_WITH(check(chip),
                    "chip.mvm.adc.per_array: 1000 converters are 872 more than the 128 columns a read gives");
  chip = serial_chip();
  chip.mvm.step_ns = 0.5;
  CHECK_THROWS_WITH(
      check(chip),
      "chip.mvm.step_ns: 0.5 ns is 0.5 ns less than one clock cycle (1 ns); nothing shorter is timed");
}

}  // namespace mimosa
