// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <immintrin.h>

// Anonymous: see kernel_table.hpp. Meanings as in vector_portable.hpp.
namespace mimosa {
namespace {

/// Eight floats (AVX2, FMA, F16C). A mask is a float vector whose sign bits count.
struct Avx2Vector {
  using Float = __m256;
  using Int = __m256i;
  using Mask = __m256;
  static constexpr std::size_t width = 8;
  static constexpr std::size_t tile_rows = 6;
  static constexpr std::size_t strips_at_once(std::size_t rows) { return rows == 1 ? 4 : rows <= 3 ? 2 : 1; }

  static Int first_lanes(std::size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), iota());
  }
  static Float load(const float* p) { return _mm256_loadu_ps(p); }
  static Float load_part(const float* p, std::size_t n) { return _mm256_maskload_ps(p, first_lanes(n)); }
  static void store(float* p, Float v) { _mm256_storeu_ps(p, v); }
  static void store_part(float* p, std::size_t n, Float v) { _mm256_maskstore_ps(p, first_lanes(n), v); }
  static Int load(const std::uint32_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void store(std::uint32_t* p, Int v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Float broadcast(float v) { return _mm256_set1_ps(v); }
  static Int broadcast(std::uint32_t v) { return _mm256_set1_epi32(static_cast<int>(v)); }

  static Float fma(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  static Float add(Float a, Float b) { return _mm256_add_ps(a, b); }
  static Float mul(Float a, Float b) { return _mm256_mul_ps(a, b); }
  static Float minimum(Float a, Float b) { return _mm256_min_ps(a, b); }
  static Float maximum(Float a, Float b) { return _mm256_max_ps(a, b); }
  static Float sqrt(Float a) { return _mm256_sqrt_ps(a); }
  static Float round_half_even(Float a) {
    return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }

  static Mask less(Float a, Float b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
  static Mask less(Int a, Int b) {
    const Int sign = broadcast(0x80000000U);
    return from_bits(_mm256_cmpgt_epi32(bit_xor(b, sign), bit_xor(a, sign)));
  }
  static bool any(Mask m) { return _mm256_movemask_ps(m) != 0; }
  static Mask is_nan(Float a) { return _mm256_cmp_ps(a, a, _CMP_UNORD_Q); }
  static Mask negative(Int a) { return from_bits(a); }
  static Float select(Mask m, Float yes, Float no) { return _mm256_blendv_ps(no, yes, m); }
  static Int select(Mask m, Int yes, Int no) { return bits(select(m, from_bits(yes), from_bits(no))); }

  static Int bits(Float a) { return _mm256_castps_si256(a); }
  static Float from_bits(Int a) { return _mm256_castsi256_ps(a); }
  /// Both halves convert exactly, so the fused sum rounds once.
  static Float to_float(Int a) {
    const Float high = _mm256_cvtepi32_ps(_mm256_srli_epi32(a, 16));
    const Float low = _mm256_cvtepi32_ps(_mm256_and_si256(a, _mm256_set1_epi32(0xFFFF)));
    return fma(high, _mm256_set1_ps(65536.0F), low);
  }
  static Float signed_to_float(Int a) { return _mm256_cvtepi32_ps(a); }

  static Int iota() { return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7); }
  static Int add(Int a, Int b) { return _mm256_add_epi32(a, b); }
  static Int sub(Int a, Int b) { return _mm256_sub_epi32(a, b); }
  static Int bit_and(Int a, Int b) { return _mm256_and_si256(a, b); }
  static Int bit_xor(Int a, Int b) { return _mm256_xor_si256(a, b); }
  static Int xor3(Int a, Int b, Int c) { return bit_xor(bit_xor(a, b), c); }
  template <int n>
  static Int shift_left(Int a) {
    return _mm256_slli_epi32(a, n);
  }
  template <int n>
  static Int shift_right(Int a) {
    return _mm256_srli_epi32(a, n);
  }
  template <int n>
  static Int shift_right_signed(Int a) {
    return _mm256_srai_epi32(a, n);
  }
  /// The even and the odd lanes' 64-bit products, sorted into their high and low words.
  static void multiply_wide(Int a, Int b, Int& high, Int& low) {
    const Int even = _mm256_mul_epu32(a, b);
    const Int odd = _mm256_mul_epu32(_mm256_srli_epi64(a, 32), b);
    high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
    low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
  }

  static Float to_fp16_and_back(Float a) {
    return _mm256_cvtph_ps(_mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
  /// p[4 i + j] = lane i of argument j.
  static void store_interleaved(float* p, Float a, Float b, Float c, Float d) {
    const Float ab_low = _mm256_unpacklo_ps(a, b), ab_high = _mm256_unpackhi_ps(a, b);
    const Float cd_low = _mm256_unpacklo_ps(c, d), cd_high = _mm256_unpackhi_ps(c, d);
    const Float q0 = _mm256_shuffle_ps(ab_low, cd_low, 0x44), q1 = _mm256_shuffle_ps(ab_low, cd_low, 0xEE);
    const Float q2 = _mm256_shuffle_ps(ab_high, cd_high, 0x44),
                q3 = _mm256_shuffle_ps(ab_high, cd_high, 0xEE);
    store(p, _mm256_permute2f128_ps(q0, q1, 0x20));
    store(p + 8, _mm256_permute2f128_ps(q2, q3, 0x20));
    store(p + 16, _mm256_permute2f128_ps(q0, q1, 0x31));
    store(p + 24, _mm256_permute2f128_ps(q2, q3, 0x31));
  }
};

}  // namespace
}  // namespace mimosa
