// SPDX-License-Identifier: Apache-2.0
#include "models/converter/converter.hpp"

#include "models/base/kernels.hpp"

namespace mimosa {

// Sign-magnitude quantiser after CrossSim, quantizer_adc.py: L = 2^b − 1 levels, so that zero is one of them.

void to_dac_codes(std::span<const float> x, double range, const ConverterSpec& spec, std::span<float> codes) {
  quantise(x, static_cast<float>(static_cast<double>(spec.dac_levels()) / range), spec.dac_levels(), codes);
}

double adc_gain(const ConverterSpec& spec, double full_scale) {
  return static_cast<double>(spec.adc_levels()) / (full_scale * static_cast<double>(spec.dac_levels()));
}

double adc_step(const ConverterSpec& spec, double full_scale) {
  return full_scale / static_cast<double>(spec.adc_levels());
}

}  // namespace mimosa
