// SPDX-License-Identifier: Apache-2.0
#include "models/base/portable_math.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

// std::fma has one result everywhere; a copy of each function for processors that have it as an instruction
// saves the calls. `flatten`: what it calls belongs to the copy. Which copy runs is settled before a
// sanitizer is awake, so not there.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define MIMOSA_FMA_COPY __attribute__((flatten, target_clones("fma", "default")))
#else
#define MIMOSA_FMA_COPY
#endif

namespace mimosa {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double quiet_nan = std::numeric_limits<double>::quiet_NaN();

/// hi + lo with |lo| at most half an ulp of hi.
struct Double2 {
  double hi, lo;
};

/// Exact sum if |a| ≥ |b| (Dekker 1971); of any two (Knuth, TAOCP 2, 4.2.2).
Double2 fast_two_sum(double a, double b) {
  const double sum = a + b;
  return {sum, b - (sum - a)};
}
Double2 two_sum(double a, double b) {
  const double sum = a + b, b_part = sum - a;
  return {sum, (a - (sum - b_part)) + (b - b_part)};
}
Double2 add(Double2 a, Double2 b) {
  const Double2 sum = two_sum(a.hi, b.hi);
  return fast_two_sum(sum.hi, sum.lo + (a.lo + b.lo));
}
Double2 mul(Double2 a, Double2 b) {
  const double hi = a.hi * b.hi;
  return fast_two_sum(hi, std::fma(a.hi, b.hi, -hi) + (a.hi * b.lo + a.lo * b.hi));
}

/// Σ c_k x^k, lowest coefficient first.
template <std::size_t n>
double polynomial(double x, const double (&c)[n]) {
  double sum = c[n - 1];
  for (std::size_t k = n - 1; k-- > 0;) sum = std::fma(sum, x, c[k]);
  return sum;
}

/// 2^n for a normal result.
double power_of_two(int n) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52);
}

/// x · 2^n in two steps, so that 2^n may leave the normal range.
double scale(double x, int n) {
  return x * power_of_two(n / 2) * power_of_two(n - n / 2);
}

constexpr double ln2_hi = 0x1.62e42fefa38p-1;  // 42 bits: n · ln2_hi is exact for |n| < 2^11
constexpr double ln2_lo = 0x1.ef35793c7673p-45;

/// x = n ln 2 + r, |r| ≤ ln 2 / 2; returns e^r − 1 by its Taylor series, cut 2^-56 below it.
Double2 reduced_expm1(Double2 x, int& n) {
  const double count = std::nearbyint(x.hi * 0x1.71547652b82fep+0);
  n = static_cast<int>(count);
  const double hi = x.hi - count * ln2_hi;
  const double lo = x.lo - count * ln2_lo;
  const double r = hi + lo;
  const double rest = (hi - r) + lo;
  const double p =
      polynomial(r, {1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880,
                     1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800});
  return fast_two_sum(r, r * r * p + rest);
}

double exp_of(Double2 x) {
  if (x.hi > 709.79) return infinity;
  if (x.hi < -745.2) return 0.0;
  int n = 0;
  const Double2 e = reduced_expm1(x, n);
  const Double2 sum = fast_two_sum(1.0, e.hi);
  return scale(sum.hi + (sum.lo + e.lo), n);
}

/// Natural logarithm of a positive finite number to about 2^-64: x = 2^e m, √½ ≤ m < √2, s = (m − 1)/(m + 1),
/// log m = 2 artanh s = 2 s (1 + s²/3 + s⁴/5 + …).
Double2 log_of(double x) {
  int exponent = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1p54;
    exponent = -54;
  }
  constexpr std::uint64_t sqrt_half = 0x3FE6A09E667F3BCDU;
  const std::uint64_t offset = std::bit_cast<std::uint64_t>(x) - sqrt_half;
  exponent += static_cast<int>(static_cast<std::int64_t>(offset) >> 52);
  const double m = std::bit_cast<double>((offset & 0x000FFFFFFFFFFFFFU) + sqrt_half);

  const double above = m - 1.0;  // exact
  const Double2 below = fast_two_sum(m > 1.0 ? m : 1.0, m > 1.0 ? 1.0 : m);
  const double quotient = above / below.hi;
  const Double2 s = {quotient, (std::fma(-quotient, below.hi, above) - quotient * below.lo) / below.hi};
  const Double2 square = mul(s, s);
  const double tail = polynomial(square.hi, {1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11, 1.0 / 13, 1.0 / 15,
                                             1.0 / 17, 1.0 / 19, 1.0 / 21, 1.0 / 23, 1.0 / 25});
  const Double2 third = mul(square, {0x1.5555555555555p-2, 0x1.5555555555555p-56});
  const Double2 series = add(third, {square.hi * square.hi * tail, 0.0});
  const Double2 twice = {2.0 * s.hi, 2.0 * s.lo};
  const Double2 log_m = add(twice, mul(twice, series));
  const double e = exponent;
  return add(fast_two_sum(e * ln2_hi, e * ln2_lo), log_m);
}

/// x − n π/2 with n the nearest integer, to a relative 2^-100 or so (Cody and Waite): the parts of π/2 have
/// 33 bits, so their multiples are exact up to n = 2^20.
Double2 reduce_quarter(double x, std::int64_t& n) {
  const double count = std::nearbyint(x * 0x1.45f306dc9c883p-1);
  n = static_cast<std::int64_t>(count);
  const double a = x - count * 0x1.921fb544p+0;
  const Double2 b = two_sum(a, -count * 0x1.0b4611a6p-34);
  const Double2 c = two_sum(b.hi, -count * 0x1.3198a2e0p-69);
  return fast_two_sum(c.hi, c.lo + (b.lo - count * 0x1.b839a252049c1p-104));
}

/// Taylor series on |x| ≤ π/4.
double reduced_sin(Double2 x) {
  const double z = x.hi * x.hi;
  const double p = polynomial(z, {-1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800,
                                  1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000});
  return x.hi + (x.hi * z * p + x.lo * (1.0 - 0.5 * z));
}

double reduced_cos(Double2 x) {
  const double z = x.hi * x.hi, half = 0.5 * z;
  const double p = polynomial(z, {1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600,
                                  -1.0 / 87178291200, 1.0 / 20922789888000, -1.0 / 6402373705728000});
  const double most = 1.0 - half;
  return most + (((1.0 - most) - half) + (z * z * p - x.hi * x.lo));
}

double sin_of(double x, std::int64_t quarters) {
  if (!(std::fabs(x) <= 1e5)) return quiet_nan;
  std::int64_t n = 0;
  const Double2 r = reduce_quarter(x, n);
  n += quarters;
  const double value = (n & 1) != 0 ? reduced_cos(r) : reduced_sin(r);
  return (n & 2) != 0 ? -value : value;
}

}  // namespace

MIMOSA_FMA_COPY double portable_exp(double x) {
  if (x != x) return quiet_nan;
  return exp_of({x, 0.0});
}

MIMOSA_FMA_COPY double portable_log(double x) {
  if (x == 0.0) return -infinity;
  if (!(x > 0.0)) return quiet_nan;
  if (x == infinity) return infinity;
  return log_of(x).hi;
}

MIMOSA_FMA_COPY double portable_pow(double base, double exponent) {
  if (exponent == 0.0 || base == 1.0) return 1.0;
  if (!(base >= 0.0) || exponent != exponent) return quiet_nan;
  if (base == 0.0) return exponent > 0.0 ? 0.0 : infinity;
  if (base == infinity) return exponent > 0.0 ? infinity : 0.0;
  const Double2 log = log_of(base);
  const double product = log.hi * exponent;
  if (std::fabs(product) > 1e4) return product > 0.0 ? infinity : 0.0;
  return exp_of({product, std::fma(log.hi, exponent, -product) + log.lo * exponent});
}

MIMOSA_FMA_COPY double portable_sin(double x) {
  return x == 0.0 ? x : sin_of(x, 0);
}

MIMOSA_FMA_COPY double portable_cos(double x) {
  return sin_of(x, 1);
}

/// tanh x = E/(E + 2) with E = e^2x − 1 = 2^n (e^r − 1) + (2^n − 1).
MIMOSA_FMA_COPY double portable_tanh(double x) {
  if (x != x) return quiet_nan;
  if (x == 0.0) return x;
  const double size = std::fabs(x);
  if (size > 20.0) return x > 0.0 ? 1.0 : -1.0;
  int n = 0;
  const Double2 e = reduced_expm1({2.0 * size, 0.0}, n);
  const double power = power_of_two(n);
  const Double2 grown = add({power * e.hi, power * e.lo}, {power - 1.0, 0.0});
  const Double2 below = add(grown, {2.0, 0.0});
  const double quotient = grown.hi / below.hi;
  const double value =
      quotient + (std::fma(-quotient, below.hi, grown.hi) + (grown.lo - quotient * below.lo)) / below.hi;
  return x > 0.0 ? value : -value;
}

}  // namespace mimosa
