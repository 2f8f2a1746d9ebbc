// SPDX-License-Identifier: Apache-2.0
#include "sim/run/validity.hpp"

#include <utility>

namespace mimosa {
namespace {

std::string state_of(const DeviceSpec& device, double scale) {
  if (device.model == DeviceModel::Ideal) return "not applicable: ideal device";
  return scale > 0.0 ? "applied" : "not applicable: scale 0";
}

void analog_rows(std::vector<ValidityRow>& rows, const std::string& layer, const DeviceSpec& d) {
  const std::pair<const char*, double> effects[] = {{"programming_noise", d.programming_noise},
                                                    {"drift", d.drift},
                                                    {"noise_1f", d.noise_1f},
                                                    {"read_noise", d.read_noise}};
  for (const auto& [effect, scale] : effects) rows.push_back({layer, effect, state_of(d, scale)});
  const bool compensated = d.drift_compensation == DriftCompensation::Array;
  rows.push_back({layer, "drift_compensation", state_of(d, compensated ? 1.0 : 0.0)});
  rows.push_back({layer, "converters", "applied"});
}

}  // namespace

std::vector<ValidityRow> validity_table(const Program& program, const Experiment& experiment) {
  std::vector<ValidityRow> rows;
  for (const Stage& stage : program.stages) {
    if (!stage.analog.empty()) analog_rows(rows, stage.analog, device_for_layer(experiment, stage.analog));
    for (const std::string& node : stage.digital)
      rows.push_back({node, "device and converter effects", "not applicable: computed by the vector unit"});
  }
  return rows;
}

}  // namespace mimosa
