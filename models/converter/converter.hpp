// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>

namespace mimosa {

/// How an input drives the array: by voltage (white noise variance ∝ x²) or by pulse width (∝ |x|,
/// integration time).
enum class InputKind { Voltage, PulseWidth };

/// Converters of an array. Symmetric sign-magnitude levels: ±(2^(bits−1) − 1), zero is a level. Not modelled:
/// non-linearity and noise of the converter itself.
struct ConverterSpec {
  int dac_bits = 8;
  int adc_bits = 8;
  InputKind input = InputKind::PulseWidth;
  [[nodiscard]] float dac_levels() const { return static_cast<float>((1 << (dac_bits - 1)) - 1); }
  [[nodiscard]] float adc_levels() const { return static_cast<float>((1 << (adc_bits - 1)) - 1); }
};

/// DAC codes of values: round-half-even(x / range · levels), saturating at ±levels. Sizes are equal; in place
/// allowed.
void to_dac_codes(std::span<const float> x, double range, const ConverterSpec& spec, std::span<float> codes);

/// ADC codes per unit of Σ (DAC code · w), when the ADC's range is ±full_scale in units of Σ x·w with x in −1
/// … 1.
[[nodiscard]] double adc_gain(const ConverterSpec& spec, double full_scale);

/// What one ADC code stands for, in units of Σ x·w.
[[nodiscard]] double adc_step(const ConverterSpec& spec, double full_scale);

}  // namespace mimosa
