// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <immintrin.h>

// Anonymous: see kernel_table.hpp. Meanings as in vector_portable.hpp.
namespace mimosa {
namespace {

/// Sixteen floats (AVX-512 F, DQ, BW, VL).
struct Avx512Vector {
  using Float = __m512;
  using Int = __m512i;
  using Mask = __mmask16;
  static constexpr std::size_t width = 16;
  static constexpr std::size_t tile_rows = 12;
  static constexpr std::size_t strips_at_once(std::size_t rows) { return rows <= 2 ? 4 : rows <= 6 ? 2 : 1; }

  static Mask first_lanes(std::size_t n) { return static_cast<Mask>((1U << n) - 1U); }
  static Float load(const float* p) { return _mm512_loadu_ps(p); }
  static Float load_part(const float* p, std::size_t n) { return _mm512_maskz_loadu_ps(first_lanes(n), p); }
  static void store(float* p, Float v) { _mm512_storeu_ps(p, v); }
  static void store_part(float* p, std::size_t n, Float v) { _mm512_mask_storeu_ps(p, first_lanes(n), v); }
  static Int load(const std::uint32_t* p) { return _mm512_loadu_si512(p); }
  static void store(std::uint32_t* p, Int v) { _mm512_storeu_si512(p, v); }
  static Float broadcast(float v) { return _mm512_set1_ps(v); }
  static Int broadcast(std::uint32_t v) { return _mm512_set1_epi32(static_cast<int>(v)); }

  static Float fma(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  static Float add(Float a, Float b) { return _mm512_add_ps(a, b); }
  static Float mul(Float a, Float b) { return _mm512_mul_ps(a, b); }
  static Float minimum(Float a, Float b) { return _mm512_min_ps(a, b); }
  static Float maximum(Float a, Float b) { return _mm512_max_ps(a, b); }
  static Float sqrt(Float a) { return _mm512_sqrt_ps(a); }
  static Float round_half_even(Float a) {
    return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }

  static Mask less(Float a, Float b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
  static Mask less(Int a, Int b) { return _mm512_cmplt_epu32_mask(a, b); }
  static bool any(Mask m) { return m != 0; }
  static Mask is_nan(Float a) { return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q); }
  static Mask negative(Int a) { return _mm512_movepi32_mask(a); }
  static Float select(Mask m, Float yes, Float no) { return _mm512_mask_blend_ps(m, no, yes); }
  static Int select(Mask m, Int yes, Int no) { return _mm512_mask_blend_epi32(m, no, yes); }

  static Int bits(Float a) { return _mm512_castps_si512(a); }
  static Float from_bits(Int a) { return _mm512_castsi512_ps(a); }
  static Float to_float(Int a) { return _mm512_cvtepu32_ps(a); }
  static Float signed_to_float(Int a) { return _mm512_cvtepi32_ps(a); }

  static Int iota() { return _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15); }
  static Int add(Int a, Int b) { return _mm512_add_epi32(a, b); }
  static Int sub(Int a, Int b) { return _mm512_sub_epi32(a, b); }
  static Int bit_and(Int a, Int b) { return _mm512_and_si512(a, b); }
  static Int bit_xor(Int a, Int b) { return _mm512_xor_si512(a, b); }
  static Int xor3(Int a, Int b, Int c) { return _mm512_ternarylogic_epi32(a, b, c, 0x96); }
  template <int n>
  static Int shift_left(Int a) {
    return _mm512_slli_epi32(a, n);
  }
  template <int n>
  static Int shift_right(Int a) {
    return _mm512_srli_epi32(a, n);
  }
  template <int n>
  static Int shift_right_signed(Int a) {
    return _mm512_srai_epi32(a, n);
  }
  static void multiply_wide(Int a, Int b, Int& high, Int& low) {
    const Int even = _mm512_mul_epu32(a, b);
    const Int odd = _mm512_mul_epu32(_mm512_srli_epi64(a, 32), b);
    high = _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_CDAB);
    low = _mm512_mask_shuffle_epi32(even, 0xAAAA, odd, _MM_PERM_CDAB);
  }

  static Float to_fp16_and_back(Float a) {
    return _mm512_cvtph_ps(_mm512_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  }
  /// p[4 i + j] = lane i of argument j: transpose within quarters, then bring the quarters into order.
  static void store_interleaved(float* p, Float a, Float b, Float c, Float d) {
    const Float ab_low = _mm512_unpacklo_ps(a, b), ab_high = _mm512_unpackhi_ps(a, b);
    const Float cd_low = _mm512_unpacklo_ps(c, d), cd_high = _mm512_unpackhi_ps(c, d);
    const Float q0 = _mm512_shuffle_ps(ab_low, cd_low, 0x44), q1 = _mm512_shuffle_ps(ab_low, cd_low, 0xEE);
    const Float q2 = _mm512_shuffle_ps(ab_high, cd_high, 0x44),
                q3 = _mm512_shuffle_ps(ab_high, cd_high, 0xEE);
    const Float even01 = _mm512_shuffle_f32x4(q0, q1, 0x88), odd01 = _mm512_shuffle_f32x4(q0, q1, 0xDD);
    const Float even23 = _mm512_shuffle_f32x4(q2, q3, 0x88), odd23 = _mm512_shuffle_f32x4(q2, q3, 0xDD);
    store(p, _mm512_shuffle_f32x4(even01, even23, 0x88));
    store(p + 16, _mm512_shuffle_f32x4(odd01, odd23, 0x88));
    store(p + 32, _mm512_shuffle_f32x4(even01, even23, 0xDD));
    store(p + 48, _mm512_shuffle_f32x4(odd01, odd23, 0xDD));
  }
};

}  // namespace
}  // namespace mimosa
