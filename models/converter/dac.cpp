// SPDX-License-Identifier: Apache-2.0
#include "models/converter/dac.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "models/base/error.hpp"
#include "models/base/kernel_table.hpp"
#include "models/base/kernels.hpp"

namespace mimosa {
namespace {

double power_of_two(int exponent) {
  return static_cast<double>(std::int64_t{1} << exponent);
}

/// Half to even on the index of the level, as CrossSim's quantizer does.
double even_level_code(double x, double range, double full) {
  return std::clamp(std::nearbyint(x / range * full + full), 0.0, 2.0 * full) - full;
}

template <class T>
void take(const InputPart& part, std::span<const T> codes, std::span<T> digits) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const T code = codes[i];
    const bool negative = code < T{0};
    if ((part.sign == InputPart::Sign::Positive && negative) ||
        (part.sign == InputPart::Sign::Negative && !negative)) {
      digits[i] = T{0};
      continue;
    }
    const auto whole = static_cast<std::int32_t>(code);
    std::int32_t digit = 0;
    if (part.digits == InputPart::Digits::Bits) {
      digit = ((whole & ((1 << part.bits) - 1)) >> part.shift) & part.mask;
    } else {
      digit = (std::abs(whole) >> part.shift) & part.mask;
      if (negative && part.sign == InputPart::Sign::Both) digit = -digit;
    }
    digits[i] = static_cast<T>(digit);
  }
}

}  // namespace

double DacSpec::full_code() const {
  return levels == Levels::Symmetric ? power_of_two(bits - 1) - 1.0 : (power_of_two(bits) - 1.0) / 2.0;
}

void check(const DacSpec& spec) {
  if (spec.slice_bits >= spec.bits)
    throw UserError("chip.dac.slice_bits: " + std::to_string(spec.slice_bits) +
                    " is not less than chip.dac.bits (" + std::to_string(spec.bits) +
                    "); 0 applies the whole input at once");
  if (spec.levels == Levels::Even && spec.slice_bits > 0)
    throw UserError(
        "chip.dac.levels: even levels are half-integers and cannot be cut into slices; use symmetric, or "
        "slice_bits: 0");
  if (spec.code == InputCode::TwosComplement && spec.slice_bits == 0)
    throw UserError(
        "chip.dac.code: twos_complement has no effect while slice_bits is 0; set slice_bits to 1 or more");
}

void to_dac_codes(std::span<const float> x, double range, const DacSpec& spec, std::span<float> codes) {
  const double full = spec.full_code();
  if (spec.levels == Levels::Symmetric)
    return quantise(x, static_cast<float>(full / range), static_cast<float>(full), codes);
  for (std::size_t i = 0; i < x.size(); ++i)
    codes[i] = static_cast<float>(even_level_code(static_cast<double>(x[i]), range, full));
}

void to_dac_codes(std::span<const double> x, double range, const DacSpec& spec, std::span<double> codes) {
  const double full = spec.full_code();
  for (std::size_t i = 0; i < x.size(); ++i)
    codes[i] = spec.levels == Levels::Symmetric ? std::clamp(std::nearbyint(x[i] / range * full), -full, full)
                                                : even_level_code(x[i], range, full);
}

std::vector<InputPart> input_parts(const DacSpec& spec, bool split_signs) {
  using Digits = InputPart::Digits;
  using Sign = InputPart::Sign;
  const bool serial = spec.slice_bits > 0, complement = serial && spec.code == InputCode::TwosComplement;
  const int magnitude = spec.bits - 1, step = serial ? spec.slice_bits : magnitude;
  InputPart part{.full = serial ? power_of_two(step) - 1.0 : spec.full_code(), .bits = spec.bits};
  if (complement)
    part.digits = Digits::Bits;
  else if (serial || split_signs)
    part.digits = Digits::Magnitude;
  std::vector<InputPart> parts;
  for (part.shift = 0; part.shift < magnitude; part.shift += step) {
    part.mask = (1 << std::min(step, magnitude - part.shift)) - 1;
    part.coefficient = power_of_two(part.shift);
    part.sign = split_signs ? Sign::Positive : Sign::Both;
    parts.push_back(part);
    if (!split_signs) continue;
    part.sign = Sign::Negative;
    part.coefficient = -part.coefficient;
    parts.push_back(part);
  }
  if (complement) {
    part.shift = magnitude;
    part.mask = 1;
    part.coefficient = -power_of_two(magnitude);
    parts.push_back(part);
  }
  return parts;
}

void take_part(const InputPart& part, std::span<const float> codes, std::span<float> digits) {
  if (part.digits == InputPart::Digits::Whole) {
    std::copy(codes.begin(), codes.end(), digits.begin());
    return;
  }
  if (part.digits == InputPart::Digits::Bits && part.sign != InputPart::Sign::Both)
    return take<float>(part, codes, digits);
  kernels().digits(codes.data(), codes.size(),
                   {.field = static_cast<std::uint32_t>(part.mask) << part.shift,
                    .unit = static_cast<float>(1.0 / power_of_two(part.shift)),
                    .complement = part.digits == InputPart::Digits::Bits,
                    .positive = part.sign != InputPart::Sign::Negative,
                    .negative = part.sign != InputPart::Sign::Positive},
                   digits.data());
}

void take_part(const InputPart& part, std::span<const double> codes, std::span<double> digits) {
  if (part.digits == InputPart::Digits::Whole) {
    std::copy(codes.begin(), codes.end(), digits.begin());
    return;
  }
  take<double>(part, codes, digits);
}

}  // namespace mimosa
