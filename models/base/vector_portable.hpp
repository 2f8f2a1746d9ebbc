// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

// Anonymous: see kernel_table.hpp. The three vector headers offer the same functions with the same results.
namespace mimosa {
namespace {

/// A vector of one float. minimum and maximum return their second operand for NaN and equal values, as SSE
/// does.
struct PortableVector {
  using Float = float;
  using Int = std::uint32_t;
  using Mask = bool;
  static constexpr std::size_t width = 1;
  static constexpr std::size_t tile_rows = 4;
  /// Column strips (of two vectors) a gemm tile of so many rows takes at once when it is the only tile.
  static constexpr std::size_t strips_at_once(std::size_t) { return 1; }

  static Float load(const float* p) { return *p; }
  static Float load_part(const float* p, std::size_t) { return *p; }
  static void store(float* p, Float v) { *p = v; }
  static void store_part(float* p, std::size_t, Float v) { *p = v; }
  static Int load(const std::uint32_t* p) { return *p; }
  static void store(std::uint32_t* p, Int v) { *p = v; }
  static Float broadcast(float v) { return v; }
  static Int broadcast(std::uint32_t v) { return v; }

  static Float fma(Float a, Float b, Float c) { return std::fma(a, b, c); }
  static Float add(Float a, Float b) { return a + b; }
  static Float mul(Float a, Float b) { return a * b; }
  static Float minimum(Float a, Float b) { return a < b ? a : b; }
  static Float maximum(Float a, Float b) { return a > b ? a : b; }
  static Float sqrt(Float a) { return std::sqrt(a); }
  static Float round_half_even(Float a) { return std::nearbyint(a); }

  static Mask less(Float a, Float b) { return a < b; }
  static Mask less(Int a, Int b) { return a < b; }
  static bool any(Mask m) { return m; }
  static Mask is_nan(Float a) { return a != a; }
  static Mask negative(Int a) { return (a >> 31) != 0; }
  static Float select(Mask m, Float yes, Float no) { return m ? yes : no; }
  static Int select(Mask m, Int yes, Int no) { return m ? yes : no; }

  static Int bits(Float a) { return std::bit_cast<Int>(a); }
  static Float from_bits(Int a) { return std::bit_cast<Float>(a); }
  static Float to_float(Int a) { return static_cast<float>(a); }
  static Float signed_to_float(Int a) { return static_cast<float>(static_cast<std::int32_t>(a)); }

  static Int iota() { return 0; }
  static Int add(Int a, Int b) { return a + b; }
  static Int sub(Int a, Int b) { return a - b; }
  static Int bit_and(Int a, Int b) { return a & b; }
  static Int bit_xor(Int a, Int b) { return a ^ b; }
  static Int xor3(Int a, Int b, Int c) { return a ^ b ^ c; }
  template <int n>
  static Int shift_left(Int a) {
    return a << n;
  }
  template <int n>
  static Int shift_right(Int a) {
    return a >> n;
  }
  template <int n>
  static Int shift_right_signed(Int a) {
    return static_cast<Int>(static_cast<std::int32_t>(a) >> n);
  }
  static void multiply_wide(Int a, Int b, Int& high, Int& low) {
    const std::uint64_t product = std::uint64_t{a} * b;
    high = static_cast<Int>(product >> 32);
    low = static_cast<Int>(product);
  }

  /// Nearest fp16 value of a number (not NaN): 11 significant bits, subnormals in steps of 2⁻²⁴, infinity
  /// from 65520.
  static Float to_fp16_and_back(Float a) {
    const Int sign = bits(a) & 0x80000000U;
    const Int size = bits(a) ^ sign;
    if (size < 0x38800000U) return from_bits(bits((from_bits(size) + 0.5F) - 0.5F) | sign);  // below 2^-14
    const Int rounded = (size + 0xFFFU + ((size >> 13) & 1U)) & 0xFFFFE000U;
    return from_bits((rounded > 0x477FE000U ? 0x7F800000U : rounded) | sign);
  }
  static void store_interleaved(float* p, Float a, Float b, Float c, Float d) {
    p[0] = a, p[1] = b, p[2] = c, p[3] = d;
  }
};

}  // namespace
}  // namespace mimosa
