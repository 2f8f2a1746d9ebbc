// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "hw/spec/budget.hpp"
#include "hw/spec/mvm_timing.hpp"
#include "sim/validate/validate.hpp"

namespace mimosa {
namespace {

/// A published point: throughput of 48 cores at these bits.
struct Point {
  int output_bits, input_bits, phase_bits;  ///< phase_bits 0: all magnitude bits in one phase
  double tops;
};
// More than three magnitude bits take two phases.
constexpr Point points[] = {{3, 2, 0, 2.122}, {4, 2, 0, 1.793}, {5, 3, 0, 1.165},
                            {6, 4, 0, 0.744}, {8, 6, 3, 0.418}, {10, 8, 4, 0.264}};

}  // namespace

Checks neurram_checks(const ChipSpec& neurram) {
  constexpr const char* source = "Wan et al., Nature 2022, as CiMLoop's Fig. 12 has it";
  Checks checks;
  for (const Point& p : points) {
    ChipSpec chip = neurram;
    chip.analog.adc.bits = p.output_bits;
    chip.analog.dac.bits = p.input_bits;
    chip.analog.dac.slice_bits = p.phase_bits;
    checks.push_back({"NeuRRAM",
                      fmt::format("throughput, {} output bits, {} input levels", p.output_bits,
                                  2 * static_cast<int>(chip.analog.dac.full_code()) + 1),
                      "TOPS", p.tops, peak_tops(chip), 0.1, source});
  }
  const double operations = 2.0 * neurram.array.rows * neurram.array.cols;
  const double fj_per_mac = mvm_nj(neurram) * 1e6 / (operations / 2.0);
  checks.push_back({"NeuRRAM", "throughput per watt, 6 output and 4 input bits", "TOPS/W", 15.95,
                    operations / mvm_nj(neurram) * 1e-3, 2e-3, source});
  checks.push_back({"NeuRRAM", "energy of a MAC by the published split", "fJ", 21.76 + 29.11 + 11.51,
                    fj_per_mac, 0.0, source, Expectation::Contradict,
                    "the published split adds up to half of what the published TOPS/W says"});
  return checks;
}

}  // namespace mimosa
