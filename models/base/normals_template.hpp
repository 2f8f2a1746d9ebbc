// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

#include "models/base/kernel_table.hpp"

// Anonymous: see kernel_table.hpp.
namespace mimosa {
namespace {

/// Philox4x32-10 (Salmon et al., Parallel random numbers: as easy as 1, 2, 3; SC 2011), one counter per lane.
template <class V>
void philox(std::uint64_t key, typename V::Int (&word)[4]) {
  using Int = typename V::Int;
  auto key0 = static_cast<std::uint32_t>(key), key1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round, key0 += 0x9E3779B9U, key1 += 0xBB67AE85U) {
    Int high0, low0, high2, low2;
    V::multiply_wide(word[0], V::broadcast(0xD2511F53U), high0, low0);
    V::multiply_wide(word[2], V::broadcast(0xCD9E8D57U), high2, low2);
    word[0] = V::xor3(high2, word[1], V::broadcast(key0));
    word[1] = low2;
    word[2] = V::xor3(high0, word[3], V::broadcast(key1));
    word[3] = low0;
  }
}

/// The four words of counters {counter + lane, mvm, pass, 0}.
template <class V>
void random_words(const NormalsArguments& a, std::uint32_t counter, typename V::Int (&word)[4]) {
  word[0] = V::add(V::broadcast(counter), V::iota());
  word[1] = V::broadcast(a.mvm);
  word[2] = V::broadcast(a.pass);
  word[3] = V::broadcast(0U);
  philox<V>(a.key, word);
}

/// (w + ½)/2³² with w rounded to float: from 2⁻³³ to 1.
template <class V>
typename V::Float unit_interval(typename V::Int w) {
  return V::fma(V::to_float(w), V::broadcast(0x1p-32F), V::broadcast(0x1p-33F));
}

/// Horner's rule, highest coefficient first.
template <class V, std::size_t n>
typename V::Float polynomial(typename V::Float x, const float (&coefficients)[n]) {
  auto sum = V::broadcast(coefficients[0]);
  for (std::size_t i = 1; i < n; ++i) sum = V::fma(sum, x, V::broadcast(coefficients[i]));
  return sum;
}

/// Natural logarithm of a positive normal number: x = 2ᵉ(1 + f), √½ ≤ 1 + f < √2, log(1 + f) = f − f²/2 +
/// f³P(f) with the minimax P of Cephes' logf (S. Moshier).
template <class V>
typename V::Float log(typename V::Float x) {
  constexpr std::uint32_t sqrt_half = 0x3F3504F3U;
  const auto offset = V::sub(V::bits(x), V::broadcast(sqrt_half));
  const auto exponent = V::signed_to_float(V::template shift_right_signed<23>(offset));
  const auto mantissa = V::add(V::bit_and(offset, V::broadcast(0x007FFFFFU)), V::broadcast(sqrt_half));
  const auto f = V::add(V::from_bits(mantissa), V::broadcast(-1.0F));
  const auto p = polynomial<V>(
      f, {7.0376836292e-2F, -1.1514610310e-1F, 1.1676998740e-1F, -1.2420140846e-1F, 1.4249322787e-1F,
          -1.6668057665e-1F, 2.0000714765e-1F, -2.4999993993e-1F, 3.3333331174e-1F});
  const auto square = V::mul(f, f);
  // ln 2 in two parts; the first has 9 significant bits, so its multiples are exact.
  const auto tail = V::fma(V::mul(square, f), p, V::mul(exponent, V::broadcast(-2.12194440e-4F)));
  const auto sum = V::add(V::fma(square, V::broadcast(-0.5F), tail), f);
  return V::fma(exponent, V::broadcast(0.693359375F), sum);
}

/// Sine and cosine of 2πw/2³². The quadrant is the nearest multiple of 2³⁰; the rest, exact as an integer,
/// spans ±π/4, where the minimax polynomials are those of Cephes' sinf and cosf.
template <class V>
void sin_cos_turns(typename V::Int w, typename V::Float& sine, typename V::Float& cosine) {
  const auto shifted = V::add(w, V::broadcast(0x20000000U));
  const auto rest = V::sub(V::bit_and(shifted, V::broadcast(0x3FFFFFFFU)), V::broadcast(0x20000000U));
  const auto angle = V::mul(V::signed_to_float(rest), V::broadcast(1.46291807926715968e-9F));  // 2π/2³²
  const auto square = V::mul(angle, angle);
  const auto sine_tail = polynomial<V>(square, {-1.9515295891e-4F, 8.3321608736e-3F, -1.6666654611e-1F});
  const auto cosine_tail = polynomial<V>(
      square, {2.443315711809948e-5F, -1.388731625493765e-3F, 4.166664568298827e-2F, -0.5F, 1.0F});
  const auto s = V::fma(V::mul(square, angle), sine_tail, angle);
  const auto odd = V::negative(V::template shift_left<1>(shifted));
  const auto sign = V::broadcast(0x80000000U);
  const auto sine_sign = V::bit_and(shifted, sign);
  const auto cosine_sign = V::bit_and(V::add(shifted, V::broadcast(0x40000000U)), sign);
  sine = V::from_bits(V::bit_xor(V::bits(V::select(odd, cosine_tail, s)), sine_sign));
  cosine = V::from_bits(V::bit_xor(V::bits(V::select(odd, s, cosine_tail)), cosine_sign));
}

/// 4 · width normals of the counters from `counter` on, by Box and Muller's transform of the word pairs.
template <class V>
void normals_block(const NormalsArguments& a, std::uint32_t counter, float* out) {
  typename V::Int word[4];
  random_words<V>(a, counter, word);
  typename V::Float normal[4];
  for (int i = 0; i < 4; i += 2) {
    typename V::Float sine, cosine;
    const auto radius = V::sqrt(V::mul(V::broadcast(-2.0F), log<V>(unit_interval<V>(word[i]))));
    sin_cos_turns<V>(word[i + 1], sine, cosine);
    normal[i] = V::mul(radius, cosine);
    normal[i + 1] = V::mul(radius, sine);
  }
  V::store_interleaved(out, normal[0], normal[1], normal[2], normal[3]);
}

template <class V>
void normals(const NormalsArguments& a) {
  constexpr std::size_t block = 4 * V::width;
  alignas(64) float buffer[block];
  std::uint32_t counter = a.first / 4;
  std::size_t skip = a.first % 4;
  for (std::size_t done = 0; done < a.size; counter += static_cast<std::uint32_t>(V::width), skip = 0) {
    const std::size_t left = a.size - done, fresh = block - skip, n = left < fresh ? left : fresh;
    if (n == block) {
      normals_block<V>(a, counter, a.out + done);
    } else {
      normals_block<V>(a, counter, buffer);
      for (std::size_t i = 0; i < n; ++i) a.out[done + i] = buffer[skip + i];
    }
    done += n;
  }
}

}  // namespace
}  // namespace mimosa
