// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/combinations.hpp"

#include <string>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

void refuse_if(bool wrong, const std::string& what) {
  if (wrong) throw UserError(what);
}

void check_bent_cells(const DeviceSpec& device, const ArraySpec& array) {
  if (device.iv.law != IvLaw::Cubic) return;
  const std::string start = "device.iv.law: cubic cannot be combined with ";
  const std::string noise = ": noise of a bent cell is not that of its conductance; ";
  refuse_if(device.white.law != WhiteLaw::None && device.read_noise > 0.0,
            start + "device.white.law" + noise + "use none, or device.read_noise: 0");
  refuse_if(
      device.low_frequency.law != LowFrequencyLaw::None && device.low_frequency.bands == NoiseBands::Three,
      start + "device.low_frequency.bands: three" + noise + "use frozen");
  refuse_if(device.telegraph.law != TelegraphLaw::None,
            start + "device.telegraph.law: a bent cell's two states have two bends; use none");
  refuse_if(array.wires.level != WireLevel::Ideal && array.dac.input == InputKind::Voltage,
            start +
                "chip.wires.level and voltage inputs: currents are not linear in the inputs; use ideal wires "
                "or chip.dac.input: pulse_width");
}

void check_switching_cells(const DeviceSpec& device, const ArraySpec& array) {
  if (device.telegraph.law == TelegraphLaw::None) return;
  const std::string start = "device.telegraph.law: two_state cannot be combined with ";
  refuse_if(has_unit_column(array.weights),
            start + "chip.weights.offset: unit_column, for whose cells it is not drawn; use digital");
  refuse_if(array.wires.level != WireLevel::Ideal,
            start + "chip.wires.level: a switching cell changes the currents of all others; use ideal");
}

}  // namespace

void check_combination(const DeviceSpec& device, const ArraySpec& array) {
  check_bent_cells(device, array);
  check_switching_cells(device, array);
}

}  // namespace mimosa
