// SPDX-License-Identifier: Apache-2.0
// Converters against figures computed from the formulas of CrossSim (quantizer_adc.py, iadc.py), ISAAC's
// lossless law, HERMES' oscillator and the noise of a resistor and a current.
#include "models/converter/adc.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "models/converter/adc_range.hpp"

using namespace mimosa;

namespace {

/// Equal to a number printed with so many decimals.
void check_printed(double value, double printed, int decimals) {
  CHECK(value == Approx(printed).margin(0.5000001 * std::pow(10.0, -decimals)).epsilon(0));
}

double code_of(const AdcSpec& spec, double value) {
  const Adc adc(spec, 1, 0, 1);
  return adc.convert(0, value);
}

std::vector<std::int64_t> random_digits(std::uint64_t key, std::size_t size, int bits) {
  std::vector<float> u(size);
  uniforms(key, 0, 0, 0, u);
  std::vector<std::int64_t> digits(size);
  for (std::size_t i = 0; i < size; ++i) digits[i] = static_cast<std::int64_t>(u[i] * std::ldexp(1.0F, bits));
  return digits;
}

/// Sums that come back wrong from an even quantiser of `bits` over 0 … 2^bits − 1 granular steps, of
/// `columns` columns of random cells and inputs, the first column at its largest.
int wrong_sums(const AdcSpec& spec, std::size_t rows, int slice_bits, int cell_bits) {
  constexpr std::size_t columns = 40;
  const double step = granular_step(cell_bits, slice_bits), half = granular_range(spec, step);
  const double shift = spec.levels == Levels::Even ? spec.half_steps() : 0.0;
  const double full_cell = std::ldexp(1.0, cell_bits) - 1.0, full_slice = std::ldexp(1.0, slice_bits) - 1.0;
  std::vector<std::int64_t> cells = random_digits(71, rows * columns, cell_bits);
  std::vector<std::int64_t> slices = random_digits(72, rows * columns, slice_bits);
  int wrong = 0;
  for (std::size_t j = 0; j < columns; ++j) {
    std::int64_t exact = 0;
    double analog = 0.0;
    for (std::size_t r = 0; r < rows; ++r) {
      const std::int64_t cell = j == 0 ? static_cast<std::int64_t>(full_cell) : cells[r * columns + j];
      const std::int64_t slice = j == 0 ? static_cast<std::int64_t>(full_slice) : slices[r * columns + j];
      exact += cell * slice;
      analog += static_cast<double>(cell) / full_cell * (static_cast<double>(slice) / full_slice);
    }
    const double code = code_of(spec, (analog - shift * step) / half) + shift;
    wrong += static_cast<int>(code != static_cast<double>(exact));
  }
  return wrong;
}

}  // namespace

TEST_CASE("even levels give CrossSim's values at 8 bits", "[adc]") {
  const AdcSpec spec{.levels = Levels::Even};
  const double half = spec.half_steps();
  CHECK(code_of(spec, 0.0) + half == 128.0);  // half to even: zero is not a level
  check_printed(code_of(spec, 0.0) / half, 0.00392157, 8);
  CHECK(code_of(spec, 0.3) + half == 166.0);
  check_printed(code_of(spec, 0.3) / half, 0.30196078, 8);
}

TEST_CASE("symmetric levels give CrossSim's sign-magnitude values at 8 bits", "[adc]") {
  const AdcSpec spec;
  CHECK(code_of(spec, 0.0) == 0.0);
  check_printed(code_of(spec, 0.3) / spec.half_steps(), 0.29921260, 8);
  check_printed(1.0 / spec.half_steps(), 0.00787402, 8);
}

TEST_CASE("the granular range of ISAAC's slices clips heavy columns", "[adc]") {
  const double step = granular_step(2, 1, 32768.0 / 32767.0);
  check_printed(step, 0.333343506, 9);
  const double range = granular_range({.bits = 9}, step);
  check_printed(range, 85.002594, 6);
  CHECK(range < full_range(128));
}

TEST_CASE("ISAAC's law gives 9 bits, 8 with flipped columns, and 10 for 256 rows", "[adc]") {
  CHECK(lossless_bits(128, 1, 2) == 9);
  CHECK(lossless_bits(128, 1, 2, true) == 8);
  CHECK(lossless_bits(256, 1, 2) == 10);
  CHECK(lossless_bits(128, 2, 2) == 11);
}

TEST_CASE("a quantiser of the lossless bits and the granular range is integer arithmetic", "[adc]") {
  for (const std::size_t rows : {1U, 2U, 8U, 13U, 64U, 128U, 256U}) {
    for (const int slice_bits : {1, 2, 3}) {
      for (const int cell_bits : {1, 2, 4}) {
        INFO(rows << " rows, " << slice_bits << " input bits, " << cell_bits << " cell bits");
        const int bits = lossless_bits(rows, slice_bits, cell_bits);
        if (bits < 2) continue;
        CHECK(wrong_sums({.bits = bits, .levels = Levels::Even}, rows, slice_bits, cell_bits) == 0);
        CHECK(wrong_sums({.bits = bits + 1}, rows, slice_bits, cell_bits) == 0);  // signed
      }
    }
  }
  // One bit less loses the fullest column where rows are a power of two.
  CHECK(wrong_sums({.bits = 8, .levels = Levels::Even}, 128, 1, 2) > 0);
}

TEST_CASE("an oscillator at 6.24 periods loses the last part of each", "[adc]") {
  const AdcSpec spec{.kind = AdcKind::Cco, .cco_ghz = 6.24, .cco_window_ns = 1.0};
  const auto measured = [&](double current) {
    return code_of(spec, current / 100.0) / spec.half_steps() * 100.0;
  };
  check_printed(measured(100.0), 96.153846, 6);
  check_printed(measured(25.0), 16.025641, 6);
  CHECK(measured(16.0) == 0.0);
}
