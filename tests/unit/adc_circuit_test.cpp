// SPDX-License-Identifier: Apache-2.0
// Errors of the circuits against closed forms and against second implementations.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/portable_math.hpp"
#include "models/base/random.hpp"
#include "models/converter/adc.hpp"
#include "models/converter/adc_linearity.hpp"

using namespace mimosa;

namespace {

constexpr double endless_gain_db = 400.0;
/// A mean of squares of n standard normals lies within 5 √(2/n) of 1 but for about 1 in 10^6.
double five_sigma(double n) {
  return 5.0 * std::sqrt(2.0 / n);
}

std::vector<double> inputs(std::size_t size, double reach) {
  std::vector<float> u(size);
  uniforms(11, 0, 0, 0, u);
  std::vector<double> x(size);
  for (std::size_t i = 0; i < size; ++i) x[i] = reach * (2.0 * static_cast<double>(u[i]) - 1.0);
  return x;
}

double largest(const std::vector<double>& values) {
  double result = 0.0;
  for (const double value : values) result = std::max(result, std::fabs(value));
  return result;
}

double dac_level(std::span<const double> weights, int magnitude) {
  double level = 0.0;
  for (std::size_t k = 0; k < weights.size(); ++k)
    if ((magnitude >> k & 1) != 0) level += weights[k];
  return level;
}

}  // namespace

TEST_CASE("a ramp gives the nearest level of its DAC and shifts by the column's comparator", "[adc]") {
  for (const Levels levels : {Levels::Symmetric, Levels::Even}) {
    for (const double sigma : {0.02, 0.5}) {  // 0.5: levels out of order
      const AdcSpec spec{.bits = 6, .kind = AdcKind::Ramp, .levels = levels, .capacitor_sigma = sigma};
      const RampConverter ramp(spec, 21, 0, 1);
      const auto level = ramp.levels();
      int wrong = 0;
      for (const double x : inputs(5000, 40.0)) {
        std::size_t nearest = 0;
        for (std::size_t m = 0; m < level.size(); ++m)
          if (std::fabs(level[m] - x) < std::fabs(level[nearest] - x)) nearest = m;
        wrong += static_cast<int>(ramp.code(0, x) != static_cast<double>(nearest) - spec.half_steps());
      }
      CHECK(wrong == 0);
    }
  }
  const AdcSpec spec{.kind = AdcKind::Ramp, .comparator_sigma = 0.01, .opamp_gain_db = endless_gain_db};
  const Adc adc(spec, 22, 0, 3);
  const auto first = code_transitions(adc, 0), second = code_transitions(adc, 1);
  CHECK(largest(dnl(first)) < 1e-9);
  CHECK(std::fabs(first[5] - second[5]) > 0.01);
  CHECK(first[5] - second[5] == Approx(first[200] - second[200]).margin(1e-9));
}

TEST_CASE("a ramp with ordered levels and any successive approximation never step down", "[adc]") {
  const std::vector<AdcSpec> specs = {
      {.kind = AdcKind::Ramp, .comparator_sigma = 0.1, .capacitor_sigma = 0.02, .opamp_gain_db = 40.0},
      {.kind = AdcKind::Sar, .comparator_sigma = 0.1, .capacitor_sigma = 0.5},
      {.kind = AdcKind::Sar, .comparator_sigma = 0.1, .capacitor_sigma = 0.5, .split_capacitor = true}};
  for (const AdcSpec& spec : specs) {
    const Adc adc(spec, 23, 0, 4);
    for (std::size_t column = 0; column < 4; ++column) {
      int down = 0;
      for (double x = -1.5, before = -1e9; x < 1.5; x += 1e-4) {
        const double code = adc.convert(column, x);
        down += static_cast<int>(code < before);
        before = code;
      }
      CHECK(down == 0);
    }
  }
}

TEST_CASE("finite gain shrinks a ramp's levels by 1 + 1/(A beta)", "[adc]") {
  const AdcSpec spec{.bits = 8, .kind = AdcKind::Ramp, .levels = Levels::Even, .opamp_gain_db = 40.0};
  const RampConverter ramp(spec, 1, 0, 1);
  for (const int m : {-128, -100, -1, 0, 1, 64, 127}) {
    const double beta = 128.0 / (128.0 + std::abs(m));
    CHECK(ramp.levels()[static_cast<std::size_t>(m + 128)] ==
          Approx((m + 0.5) / (1.0 + 1.0 / (100.0 * beta))).epsilon(1e-12));
  }
}

TEST_CASE("a binary capacitor array's levels spread as its unit capacitors predict", "[adc]") {
  // Bit k: 2^k (1 ± σ 2^(−k/2)); scale C_f = 2^(b−1). First order: Var L(m) = σ² m (1 + m / 2^(b−1)) steps².
  // A step from 63 to 64 changes seven capacitors: σ² (127 + 1 / 2^(b−1)). N = 4000; second order 0.1 %.
  constexpr int n = 4000;
  const double sigma = 1e-3;
  const SarConverter sar({.kind = AdcKind::Sar, .capacitor_sigma = sigma}, 31, 0, n);
  for (const int m : {1, 2, 3, 37, 64, 100, 127}) {
    double square = 0.0;
    for (std::size_t j = 0; j < n; ++j) square += std::pow(dac_level(sar.bit_weights(j), m) - m, 2);
    CHECK(square / n / (sigma * sigma * m * (1.0 + m / 128.0)) ==
          Approx(1.0).margin(five_sigma(n)).epsilon(0));
  }
  double square = 0.0;
  for (std::size_t j = 0; j < n; ++j) {
    const auto weights = sar.bit_weights(j);
    square += std::pow(dac_level(weights, 64) - dac_level(weights, 63) - 1.0, 2);
  }
  CHECK(square / n / (sigma * sigma * (127.0 + 1.0 / 128.0)) == Approx(1.0).margin(five_sigma(n)).epsilon(0));
}

TEST_CASE("a split array is worse than a binary one of the same unit capacitor", "[adc]") {
  // An upper half of capacitors 16 times smaller: its bits spread about 4 times as much (8 bits, binary: 1 ±
  // σ/8 for the highest bit, 64 units; split: 4 units, 1 ± σ/2).
  constexpr std::size_t n = 2000;
  const AdcSpec binary{.kind = AdcKind::Sar, .capacitor_sigma = 1e-3};
  AdcSpec split = binary;
  split.split_capacitor = true;
  const auto spread = [](const AdcSpec& spec) {
    const SarConverter sar(spec, 32, 0, n);
    double square = 0.0;  // of the highest bit against the one below: the scale cancels
    for (std::size_t j = 0; j < n; ++j)
      square += std::pow(sar.bit_weights(j)[6] / sar.bit_weights(j)[5] / 2.0 - 1.0, 2);
    return square / n;
  };
  // Var = σ² (1/C_6 + 1/C_5): 1/64 + 1/32 and 1/4 + 1/2.
  CHECK(spread(binary) / (1e-6 * 3.0 / 64.0) == Approx(1.0).margin(five_sigma(n)).epsilon(0));
  CHECK(spread(split) / (1e-6 * 3.0 / 4.0) == Approx(1.0).margin(five_sigma(n)).epsilon(0));
}

TEST_CASE("transitions of a successive approximation are its DAC's levels", "[adc]") {
  const AdcSpec spec{.bits = 7, .kind = AdcKind::Sar, .levels = Levels::Even, .capacitor_sigma = 0.05};
  const SarConverter sar(spec, 33, 0, 1);
  const auto transitions = code_transitions(Adc(spec, 33, 0, 1), 0);
  REQUIRE(transitions.size() == 127);
  double reached = 0.0;  // a level below an earlier one is never the first
  for (int m = 1; m < 64; ++m) {
    reached = std::max(reached, dac_level(sar.bit_weights(0), m));
    if (dac_level(sar.bit_weights(0), m) < reached) continue;
    CHECK(transitions[static_cast<std::size_t>(63 + m)] == Approx(reached).margin(1e-9));
    CHECK(transitions[static_cast<std::size_t>(63 - m)] == Approx(-reached).margin(1e-9));
  }
}

TEST_CASE("stages follow the residue formula with the converter's own capacitors", "[adc]") {
  // CrossSim's way of counting: a stage above V_ref/4 sets its bit, one in the middle the bit below.
  for (const AdcKind kind : {AdcKind::Pipeline, AdcKind::Cyclic}) {
    const AdcSpec spec{.bits = 8,
                       .kind = kind,
                       .levels = Levels::Even,
                       .capacitor_sigma = 0.1,
                       .opamp_gain_db = 50.0,
                       .columns_per_adc = 2,
                       .parasitic_capacitor = 0.3};
    const Adc adc(spec, 41, 0, 12);
    const double gain = std::pow(10.0, 2.5);
    int wrong = 0;
    for (std::size_t column = 0; column < 12; ++column) {
      for (const double x : inputs(500, 1.0)) {
        double v = x * 127.5 / 128.0;
        int code = 0;
        for (std::size_t n = 0; n < 7; ++n) {
          const auto xi =
              adc_normals(41, AdcDraw::Capacitor, column / 2, kind == AdcKind::Cyclic ? 0 : 2 * n, 2);
          const double c1 = 1.0 + 0.1 * xi[0], c2 = 1.0 + 0.1 * xi[1], beta = c1 / (c1 + c2 + 0.3);
          const double c = v < -0.25 ? 1.0 : v < 0.25 ? 0.0 : -1.0;
          code += c < 0.0 ? 128 >> n : c == 0.0 ? 64 >> n : 0;
          v = ((1.0 + c2 / c1) * v + c * c2 / c1) / (1.0 + 1.0 / (gain * beta));
        }
        wrong += static_cast<int>(adc.convert(column, x) != code + (v >= 0.0 ? 1 : 0) - 127.5);
      }
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("digital correction removes the offsets of all comparators but the last", "[adc]") {
  // 0.03 · 5 σ is less than the redundancy of V_ref/4; the last comparator shifts every transition alike.
  for (const AdcKind kind : {AdcKind::Pipeline, AdcKind::Cyclic}) {
    const Adc adc({.kind = kind, .comparator_sigma = 0.03, .opamp_gain_db = endless_gain_db}, 42, 0, 8);
    for (std::size_t column = 0; column < 8; ++column) {
      const auto transitions = code_transitions(adc, column);
      CHECK(largest(inl(transitions)) < 1e-9);
      CHECK(std::fabs(transitions.front() + 126.5) < 0.15);
      CHECK(std::fabs(transitions.front() + 126.5) > 1e-6);
    }
  }
}

TEST_CASE("a stage's gain error bends a pipeline where its digit changes", "[adc]") {
  // 46 dB and β = 1/2: 1/(Aβ) = 1 %. The first stage's step at V_ref/4 is 1 % of V_ref too small: 1.28/2
  // steps at the input; later stages add half as much each where they change together.
  const Adc adc({.kind = AdcKind::Pipeline, .levels = Levels::Even, .opamp_gain_db = 46.0206}, 1, 0, 1);
  const double worst = largest(inl(code_transitions(adc, 0)));
  CHECK(worst > 0.2);
  CHECK(worst < 2.56);
  const Adc better({.kind = AdcKind::Pipeline, .levels = Levels::Even, .opamp_gain_db = 86.0206}, 1, 0, 1);
  CHECK(largest(inl(code_transitions(better, 0))) / worst == Approx(0.01).epsilon(0.05));
}

TEST_CASE("gains and offsets of columns spread as specified", "[adc]") {
  constexpr std::size_t n = 100000;
  const Adc adc({.gain_sigma = 0.0709, .offset_lsb = 2.0}, 51, 0, n);  // HERMES before its affine correction
  double gain_sum = 0.0, gain_square = 0.0, offset_square = 0.0, both = 0.0;
  for (std::size_t j = 0; j < n; ++j) {
    const double gain = (adc.gains()[j] - 1.0) / 0.0709, offset = adc.offsets()[j] * 127.0 / 2.0;
    gain_sum += gain;
    gain_square += gain * gain;
    offset_square += offset * offset;
    both += gain * offset;
  }
  CHECK(std::fabs(gain_sum / n) < 5.0 / std::sqrt(n));
  CHECK(std::fabs(both / n) < 5.0 / std::sqrt(n));
  CHECK(gain_square / n == Approx(1.0).margin(five_sigma(n)).epsilon(0));
  CHECK(offset_square / n == Approx(1.0).margin(five_sigma(n)).epsilon(0));
}

TEST_CASE("comparators of every circuit spread as specified", "[adc]") {
  // Transition nearest to zero, which no capacitor touches: σ of half the range; N = 1000. (The stages' last
  // comparator sees an input amplified 2^(bits−1) times.)
  constexpr std::size_t n = 1000;
  for (const auto& [kind, gain] :
       {std::pair{AdcKind::Ramp, 1.0}, {AdcKind::Sar, 1.0}, {AdcKind::Pipeline, 8.0}}) {
    const AdcSpec spec{.bits = 4,
                       .kind = kind,
                       .levels = Levels::Even,
                       .comparator_sigma = 0.02,
                       .opamp_gain_db = endless_gain_db};
    const Adc adc(spec, 61, 0, n);
    double square = 0.0;
    for (std::size_t j = 0; j < n; ++j)
      square += std::pow(code_transitions(adc, j)[7] / spec.half_steps() / 0.02 * gain, 2);
    CHECK(square / n == Approx(1.0).margin(five_sigma(n)).epsilon(0));
  }
}
