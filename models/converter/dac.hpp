// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "models/converter/levels.hpp"

namespace mimosa {

/// How an input drives the array: by voltage (white noise variance ∝ x²) or by pulse width (∝ |x|,
/// integration time).
enum class InputKind { Voltage, PulseWidth };
/// How an input is cut into slices: magnitude and sign (a slice keeps the sign), or two's complement (slices
/// are unsigned, the sign bit is a slice of its own that is subtracted).
enum class InputCode { SignMagnitude, TwosComplement };
/// Input converters of an array.
struct DacSpec {
  int bits = 8;
  InputKind input = InputKind::PulseWidth;
  InputCode code = InputCode::SignMagnitude;
  int slice_bits = 0;  ///< bits applied at a time; 0: the whole input at once
  Levels levels = Levels::Symmetric;

  /// The largest code: 2^(bits−1) − 1, or (2^bits − 1)/2 for even levels, whose codes are half-integers.
  [[nodiscard]] double full_code() const;
};

/// The one place that names the keys of a DacSpec.
template <class Visitor>
void describe(Visitor& v, DacSpec& s) {
  v.field("bits", s.bits, "bits", "resolution, sign included", 2, 16);
  v.choice("input", s.input, "how an input drives its word line",
           {{"pulse_width", InputKind::PulseWidth}, {"voltage", InputKind::Voltage}});
  v.choice("code", s.code, "how an input is cut into slices",
           {{"sign_magnitude", InputCode::SignMagnitude}, {"twos_complement", InputCode::TwosComplement}});
  v.field("slice_bits", s.slice_bits, "bits", "bits applied at a time; 0: the whole input at once", 0, 15);
  v.choice("levels", s.levels, "symmetric: zero is a level; even: 2^bits levels",
           {{"symmetric", Levels::Symmetric}, {"even", Levels::Even}});
}

/// UserError where keys contradict each other.
void check(const DacSpec& spec);

/// Centred codes of values: x / range · full_code, rounded half to even among the levels, saturating. Sizes
/// are equal; in place allowed.
void to_dac_codes(std::span<const float> x, double range, const DacSpec& spec, std::span<float> codes);
void to_dac_codes(std::span<const double> x, double range, const DacSpec& spec, std::span<double> codes);

/// One application of a part of every input to the word lines.
struct InputPart {
  enum class Digits {
    Whole,
    Magnitude,
    Bits
  };  ///< the code; digits of |code| with its sign; of code mod 2^bits
  enum class Sign { Both, Positive, Negative };  ///< which inputs take part; a negative one's magnitude
  Digits digits = Digits::Whole;
  Sign sign = Sign::Both;
  int shift = 0, mask = 0;   ///< lowest bit, and which from there
  double full = 1.0;         ///< the driver's largest digit
  double coefficient = 1.0;  ///< Σ parts coefficient · digit = code
  int bits = 8;              ///< of the whole code (two's complement)
};

/// The parts in which a code is applied. `split_signs`: positive and negative inputs one after the other.
[[nodiscard]] std::vector<InputPart> input_parts(const DacSpec& spec, bool split_signs);

/// Digits of one part. Codes are integers unless the part is Whole and Both.
void take_part(const InputPart& part, std::span<const float> codes, std::span<float> digits);
void take_part(const InputPart& part, std::span<const double> codes, std::span<double> digits);

}  // namespace mimosa
