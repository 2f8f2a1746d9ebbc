// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace mimosa {

/// Number format of the digital units: what a value is rounded to after every step. Integers are fixed point
/// with the given number of fraction bits, saturating.
enum class NumberFormat { Fp32, Bf16, Fp16, Int16 };

[[nodiscard]] std::string_view to_string(NumberFormat format);
[[nodiscard]] int bytes_of(NumberFormat format);

/// Rounds in place to the nearest value of the format, ties to even: fp32 changes nothing, fp16 and bf16
/// overflow to infinity, int16 is k / 2^fraction_bits with −32768 ≤ k ≤ 32767, saturating (NaN becomes the
/// lowest value). −100 ≤ fraction_bits ≤ 100; only int16 uses it.
void round_to(NumberFormat format, int fraction_bits, std::span<float> x);
/// The same to fixed point of `bits` bits, sign included: 2 … 24, so that a float holds them.
void round_to_fixed_point(int bits, int fraction_bits, std::span<float> x);

}  // namespace mimosa
