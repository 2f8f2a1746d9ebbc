// SPDX-License-Identifier: Apache-2.0
#include "models/base/portable_math.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include <catch2/catch.hpp>

using namespace mimosa;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Error in units in the last place of the exact value, which the 80-bit functions of the C library give.
double ulps(double value, long double exact) {
  const double size = std::fabs(static_cast<double>(exact));
  const double ulp = std::nextafter(size, infinity) - size;
  return static_cast<double>(std::fabs(static_cast<long double>(value) - exact) /
                             static_cast<long double>(ulp));
}

/// Largest error over random arguments, spread evenly and, towards 0, by size.
template <class F, class Exact>
double worst_error(double low, double high, const F& f, const Exact& exact) {
  static_assert(std::numeric_limits<long double>::digits >= 64, "the oracle needs more digits than double");
  std::mt19937_64 generator(1);
  std::uniform_real_distribution<double> uniform(low, high), power(-60.0, 0.0);
  double worst = 0.0;
  for (int i = 0; i < 200000; ++i) {
    double x = uniform(generator);
    if (i % 2 == 1 && low <= 0.0) x *= std::exp2(power(generator));
    worst = std::max(worst, ulps(f(x), exact(static_cast<long double>(x))));
  }
  return worst;
}

}  // namespace

TEST_CASE("exp is within 1 ulp from -708 to 709 and exact at its ends", "[base]") {
  CHECK(worst_error(-708.0, 709.0, portable_exp, [](long double x) { return std::exp(x); }) < 1.0);
  CHECK(worst_error(-1.0, 1.0, portable_exp, [](long double x) { return std::exp(x); }) < 1.0);
  CHECK(portable_exp(0.0) == 1.0);
  CHECK(portable_exp(710.0) == infinity);
  CHECK(portable_exp(infinity) == infinity);
  CHECK(std::isfinite(portable_exp(709.782712893384)));
  CHECK(portable_exp(-infinity) == 0.0);
  CHECK(portable_exp(-745.0) == std::numeric_limits<double>::denorm_min());
  CHECK(std::isnan(portable_exp(NAN)));
}

TEST_CASE("log is within 1 ulp over all positive numbers", "[base]") {
  std::mt19937_64 generator(2);
  std::uniform_real_distribution<double> power(-1074.0, 1023.9), near(0.5, 2.0);
  double worst = 0.0;
  for (int i = 0; i < 200000; ++i) {
    for (const double x : {std::exp2(power(generator)), near(generator), 1.0 + 1e-9 * near(generator)}) {
      worst = std::max(worst, ulps(portable_log(x), std::log(static_cast<long double>(x))));
    }
  }
  CHECK(worst < 1.0);
  CHECK(portable_log(1.0) == 0.0);
  CHECK(portable_log(0.0) == -infinity);
  CHECK(portable_log(infinity) == infinity);
  CHECK(std::isnan(portable_log(-1.0)));
  CHECK(std::isnan(portable_log(NAN)));
}

TEST_CASE("pow is within 1 ulp wherever the result is normal", "[base]") {
  std::mt19937_64 generator(3);
  std::uniform_real_distribution<double> power(-40.0, 40.0), exponent(-17.0, 17.0), near(0.9, 1.1),
      large(-700.0, 700.0);
  double worst = 0.0;
  for (int i = 0; i < 200000; ++i) {
    const double base = i % 2 == 0 ? std::exp2(power(generator)) : near(generator);
    const double y = i % 2 == 0 ? exponent(generator) : 7.0 * large(generator);
    const long double exact = std::pow(static_cast<long double>(base), static_cast<long double>(y));
    if (exact < 1e-300L || exact > 1e300L) continue;
    worst = std::max(worst, ulps(portable_pow(base, y), exact));
  }
  CHECK(worst < 1.0);
}

TEST_CASE("pow has the exact and the limiting values of its definition", "[base]") {
  CHECK(portable_pow(2.0, 10.0) == 1024.0);
  CHECK(portable_pow(3.0, 2.0) == 9.0);
  CHECK(portable_pow(7.5, 0.0) == 1.0);
  CHECK(portable_pow(1.0, 1e300) == 1.0);
  CHECK(portable_pow(0.0, 0.05) == 0.0);
  CHECK(portable_pow(0.0, -1.0) == infinity);
  CHECK(portable_pow(10.0, 400.0) == infinity);
  CHECK(portable_pow(10.0, -400.0) == 0.0);
  CHECK(portable_pow(1.5, 1e308) == infinity);
  CHECK(std::isnan(portable_pow(-1.0, 0.5)));
  CHECK(std::isnan(portable_pow(2.0, NAN)));
}

TEST_CASE("sin and cos are within 1 ulp up to 1e5", "[base]") {
  for (const double limit : {1.0, 10.0, 1e5}) {
    CHECK(worst_error(-limit, limit, portable_sin, [](long double x) { return std::sin(x); }) < 1.0);
    CHECK(worst_error(-limit, limit, portable_cos, [](long double x) { return std::cos(x); }) < 1.0);
  }
  CHECK(portable_cos(0.0) == 1.0);
  CHECK(std::signbit(portable_sin(-0.0)));
  CHECK(std::isnan(portable_sin(infinity)));
  CHECK(std::isnan(portable_cos(1.1e5)));
}

TEST_CASE("sin and cos keep their accuracy next to their zeros", "[base]") {
  double worst = 0.0;
  for (int n = 1; n < 63662; ++n) {
    const auto x = static_cast<double>(n * 1.57079632679489661923132169163975144L);
    const bool odd = n % 2 != 0;
    const auto exact = odd ? std::cos(static_cast<long double>(x)) : std::sin(static_cast<long double>(x));
    worst = std::max(worst, ulps(odd ? portable_cos(x) : portable_sin(x), exact));
  }
  CHECK(worst < 1.0);
}

TEST_CASE("tanh is within 1 ulp everywhere and odd", "[base]") {
  for (const double limit : {0.5, 2.0, 25.0}) {
    CHECK(worst_error(-limit, limit, portable_tanh, [](long double x) { return std::tanh(x); }) < 1.0);
  }
  CHECK(portable_tanh(infinity) == 1.0);
  CHECK(portable_tanh(-30.0) == -1.0);
  CHECK(portable_tanh(-0.7) == -portable_tanh(0.7));
  CHECK(std::signbit(portable_tanh(-0.0)));
  CHECK(std::isnan(portable_tanh(NAN)));
}
