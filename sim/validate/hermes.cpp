// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/budget.hpp"
#include "hw/spec/mvm_timing.hpp"
#include "sim/validate/validate.hpp"

namespace mimosa {
namespace {

constexpr const char* nature = "Le Gallo et al., Nature Electronics 2023";
constexpr const char* from_nature = "operations / throughput of Le Gallo et al., 2023";

double mvm_ns(const ChipSpec& chip) {
  return read_interval_ns(chip, chip.array.cols) * reads_per_mvm(chip.analog);
}

double arrays_w(const ChipSpec& chip) {
  return chip.arrays() * mvm_nj(chip) / mvm_ns(chip);
}

}  // namespace

Checks hermes_checks(const ChipSpec& one, const ChipSpec& four) {
  const double mm2 = total(chip_budget(one)).area_mm2;
  return {
      {"HERMES", "one phase: time of an MVM", "ns", 132.94, mvm_ns(one), 1e-4, from_nature},
      {"HERMES", "one phase: energy of an MVM", "nJ", 13.430, mvm_nj(one), 1e-4, from_nature},
      {"HERMES", "one phase: throughput", "TOPS", 63.1, peak_tops(one), 1e-3, nature},
      {"HERMES", "one phase: throughput per watt", "TOPS/W", 9.76, peak_tops(one) / arrays_w(one), 1e-3,
       nature},
      {"HERMES", "one phase: throughput per area", "TOPS/mm2", 1.55, peak_tops(one) / mm2, 0.005, nature},
      {"HERMES", "four phases: time of an MVM", "ns", 521.03, mvm_ns(four), 1e-4, from_nature},
      {"HERMES", "four phases: energy of an MVM", "nJ", 52.852, mvm_nj(four), 1e-4, from_nature},
      {"HERMES", "four phases: throughput", "TOPS", 16.1, peak_tops(four), 1e-3, nature},
      {"HERMES", "four phases: throughput per watt", "TOPS/W", 2.48, peak_tops(four) / arrays_w(four), 1e-3,
       nature},
      {"HERMES", "four phases: throughput per area", "GOPS/mm2", 400.0, peak_tops(four) / mm2 * 1e3, 0.01,
       nature},
      {"HERMES", "energy of four phases over one", "1", 3.94, mvm_nj(four) / mvm_nj(one), 2e-3, from_nature},
      {"HERMES", "time of four phases over one", "1", 3.92, mvm_ns(four) / mvm_ns(one), 2e-3, from_nature},
      {"HERMES", "throughput per watt of a core alone", "TOPS/W", 10.5, peak_tops(one) / arrays_w(one), 0.0,
       "Khaddam-Aljameh et al., JSSC 2022", Expectation::Contradict,
       "measured on an earlier chip of one core; the presets follow the 64-core chip"},
  };
}

}  // namespace mimosa
