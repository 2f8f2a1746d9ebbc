// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/combinations.hpp"

#include <algorithm>
#include <string>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

bool has_white_noise(const DeviceSpec& d) {
  return d.white.law != WhiteLaw::None && d.read_noise > 0.0;
}

bool has_changing_noise(const DeviceSpec& d) {
  return d.low_frequency.law != LowFrequencyLaw::None && d.low_frequency.bands == NoiseBands::Three &&
         d.noise_1f > 0.0;
}

/// Inputs that switch their rows on or off, all with one voltage.
bool gates_rows(const ArraySpec& array) {
  const std::vector<InputPart> parts = input_parts(array.dac, array.read.phases > 1);
  return std::all_of(parts.begin(), parts.end(), [](const InputPart& part) {
    return part.full == 1.0 && (part.digits == InputPart::Digits::Bits || part.sign != InputPart::Sign::Both);
  });
}

void check_line(const DeviceSpec& device, const ArraySpec& array) {
  if (array.wires.level != WireLevel::Line) return;
  const std::string end =
      ": chip.wires.level line is an approximation for linear cells that keep their conductance; use exact";
  if (has_bent_cells(device) && array.dac.input == InputKind::Voltage)
    throw UserError("device.iv.law: cubic with voltage inputs cannot be combined with line wires" + end);
  if (device.switches())
    throw UserError("device.telegraph.law: two_state cannot be combined with line wires" + end);
}

void check_source_lines(const ArraySpec& array) {
  if (!has_wires(array.wires) || array.wires.topology != WireTopology::SeparateSource) return;
  if (gates_rows(array)) return;
  throw UserError(
      "chip.wires.topology: separate_source has one voltage for all cells of a source line, inputs switch "
      "rows; use chip.dac.slice_bits: 1 with chip.read.phases: 2 or 4 or with chip.dac.code: "
      "twos_complement");
}

}  // namespace

bool has_bent_cells(const DeviceSpec& device) {
  return device.iv.law == IvLaw::Cubic && device.nonlinearity > 0.0;
}

bool has_wires(const WireSpec& wires) {
  return wires.level != WireLevel::Ideal && has_resistance(wires);
}

bool needs_cell_reads(const DeviceSpec& device, const ArraySpec& array) {
  const bool bent = has_bent_cells(device), wires = has_wires(array.wires);
  if (bent && (has_white_noise(device) || has_changing_noise(device) || device.switches())) return true;
  if (!wires) return false;
  return (bent && array.dac.input == InputKind::Voltage) || device.switches() ||
         array.wires.topology == WireTopology::SeparateSource;
}

void check_combination(const DeviceSpec& device, const ArraySpec& array) {
  check_line(device, array);
  check_source_lines(array);
}

}  // namespace mimosa
