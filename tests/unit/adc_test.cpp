// SPDX-License-Identifier: Apache-2.0
#include "models/converter/adc.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/converter/adc_linearity.hpp"
#include "models/converter/adc_range.hpp"

using namespace mimosa;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double endless_gain_db = 400.0;  ///< 1 + 1/A rounds to 1

const std::vector<AdcSpec> circuits = {{.kind = AdcKind::Ramp},
                                       {.kind = AdcKind::Sar},
                                       {.kind = AdcKind::Sar, .split_capacitor = true},
                                       {.kind = AdcKind::Pipeline},
                                       {.kind = AdcKind::Cyclic}};

double code_of(const AdcSpec& spec, double value) {
  const Adc adc(spec, 1, 0, 1);
  return adc.convert(0, value);
}

void expect_refusal(const AdcSpec& spec, const std::string& key, const std::string& word) {
  try {
    check(spec);
    FAIL("not refused: " << key);
  } catch (const UserError& error) {
    INFO(error.what());
    CHECK(std::string(error.what()).rfind("chip.adc." + key + ": ", 0) == 0);
    CHECK(std::string(error.what()).find(word) != std::string::npos);
  }
}

/// Every effect of every kind at once.
AdcSpec with_errors(AdcSpec spec) {
  spec.gain_sigma = 0.05;
  spec.offset_lsb = 1.5;
  if (spec.kind == AdcKind::Ideal || spec.kind == AdcKind::Cco) return spec;
  spec.comparator_sigma = 0.02;
  spec.capacitor_sigma = 0.05;
  if (spec.kind == AdcKind::Ramp) return spec;
  spec.columns_per_adc = 8;
  return spec;
}

/// Codes of `columns` columns from `first` on, values that differ from column to column.
std::vector<double> codes_of_columns(const AdcSpec& spec, std::size_t first, std::size_t columns,
                                     std::uint64_t key = 5) {
  std::vector<double> values(columns);
  for (std::size_t j = 0; j < columns; ++j)
    values[j] = std::sin(static_cast<double>((first + j) * (first + j)));
  const Adc adc(spec, key, first, columns);
  adc.convert(values, values);
  return values;
}

}  // namespace

TEST_CASE("an ideal converter rounds halves to the even level and saturates", "[adc]") {
  const AdcSpec symmetric{.bits = 4};  // −7 … 7
  CHECK(symmetric.half_steps() == 7.0);
  const Adc steps(symmetric, 1, 0, 1);
  CHECK(steps.is_rounding());
  for (const auto& [x, code] :
       {std::pair{0.5, 0.0}, {1.5, 2.0}, {-1.5, -2.0}, {2.5, 2.0}, {6.4, 6.0}, {7.5, 7.0}, {1e300, 7.0}})
    CHECK(steps.convert(0, x / 7.0) == code);
  CHECK(steps.convert(0, -infinity) == -7.0);
  CHECK(steps.convert(0, infinity) == 7.0);
  const AdcSpec even{.bits = 3, .levels = Levels::Even};  // indices 0 … 7 are −3.5 … 3.5
  CHECK(even.half_steps() == 3.5);
  for (const auto& [x, code] :
       {std::pair{0.0, 0.5}, {1.0, 0.5}, {2.0, 2.5}, {-1.0, -1.5}, {9.0, 3.5}, {-9.0, -3.5}})
    CHECK(code_of(even, x / 3.5) == code);
}

TEST_CASE("a circuit without errors gives the quantiser's code everywhere but on a threshold", "[adc]") {
  for (AdcSpec spec : circuits) {
    for (const int bits : {2, 3, 4, 5, 8, 11}) {
      for (const Levels levels : {Levels::Symmetric, Levels::Even}) {
        spec.bits = bits;
        spec.levels = levels;
        spec.opamp_gain_db = endless_gain_db;
        const double half = spec.half_steps();
        const Adc adc(spec, 3, 0, 1), ideal({.bits = bits, .levels = levels}, 3, 0, 1);
        int wrong = 0;
        for (double code = -half; code <= half; code += 1.0) {
          for (const double off : {-0.49, -0.2, 0.0, 0.3, 0.49}) {
            const double x = (code + off) / half;
            wrong += static_cast<int>(adc.convert(0, x) != code || ideal.convert(0, x) != code);
          }
        }
        for (const double x : {0.0, 1.001, 50.0, 1e300, infinity, -1.001, -50.0, -infinity, nan_value})
          wrong += static_cast<int>(adc.convert(0, x) != ideal.convert(0, x));
        INFO("kind " << static_cast<int>(spec.kind) << ", split " << spec.split_capacitor << ", bits " << bits
                     << ", even " << (levels == Levels::Even));
        CHECK(wrong == 0);
      }
    }
  }
}

TEST_CASE("NaN becomes the lowest code of every kind", "[adc]") {
  for (AdcSpec spec : circuits) CHECK(code_of(with_errors(spec), nan_value) == -127.0);
  CHECK(code_of({}, nan_value) == -127.0);
  CHECK(code_of({.kind = AdcKind::Cco}, nan_value) == -127.0);
}

TEST_CASE("a layer cut between converters converts as the whole one does", "[adc]") {
  std::vector<AdcSpec> kinds = circuits;
  kinds.insert(kinds.end(), {{.kind = AdcKind::Ideal}, {.kind = AdcKind::Cco}});
  for (const AdcSpec& kind : kinds) {
    const AdcSpec spec = with_errors(kind);
    const auto whole = codes_of_columns(spec, 0, 64);
    auto parts = codes_of_columns(spec, 0, 24);
    const auto rest = codes_of_columns(spec, 24, 40);
    parts.insert(parts.end(), rest.begin(), rest.end());
    CHECK(whole == parts);
    CHECK(whole != codes_of_columns(spec, 0, 64, 6));  // another chip
    CHECK(whole != codes_of_columns(kind, 0, 64));     // errors matter
  }
}

TEST_CASE("columns of one converter share its errors and those of two do not", "[adc]") {
  for (const AdcKind kind : {AdcKind::Sar, AdcKind::Pipeline, AdcKind::Cyclic}) {
    const AdcSpec spec{.kind = kind, .comparator_sigma = 0.02, .capacitor_sigma = 0.1, .columns_per_adc = 4};
    const Adc adc(spec, 9, 6, 8);  // columns 6, 7 | 8 … 11 | 12, 13
    const auto transfer = [&](std::size_t column) { return code_transitions(adc, column); };
    CHECK(transfer(0) == transfer(1));
    CHECK(transfer(2) == transfer(5));
    CHECK(transfer(1) != transfer(2));
    CHECK(transfer(5) != transfer(6));
  }
}

TEST_CASE("gain and offset of a column act before it is converted", "[adc]") {
  const AdcSpec spec{.bits = 12, .gain_sigma = 0.1, .offset_lsb = 3.0};
  const Adc adc(spec, 4, 0, 16);
  REQUIRE(adc.gains().size() == 16);
  REQUIRE(adc.offsets().size() == 16);
  for (std::size_t j = 0; j < 16; ++j)
    CHECK(adc.convert(j, 0.4) == std::nearbyint((0.4 * adc.gains()[j] + adc.offsets()[j]) * 2047.0));
  const Adc plain({.bits = 12}, 4, 0, 16);
  CHECK(plain.gains().empty());
  CHECK(plain.offsets().empty());
}

TEST_CASE("a counter drops the last part of a period and stops at its last code", "[adc]") {
  const AdcSpec spec{.bits = 5, .kind = AdcKind::Cco};  // 15 periods at half the range
  for (int k = 0; k < 15; ++k) {
    CHECK(code_of(spec, (k + 0.99) / 15.0) == k);
    CHECK(code_of(spec, -(k + 0.01) / 15.0) == -k);
  }
  CHECK(code_of(spec, 7.0) == 15.0);
  AdcSpec fast{.bits = 9, .kind = AdcKind::Cco, .cco_ghz = 3.3};  // HERMES: more than 420 periods in 128 ns
  CHECK(fast.half_steps() == Approx(422.4));
  CHECK(code_of(fast, 1.0) == 255.0);
  fast.cco_ghz = 0.1;
  CHECK(fast.full_code() == 12.0);
  CHECK(code_of(fast, 99.0) == 12.0);
}

TEST_CASE("non-linearity is measured from the line through the outer transitions", "[adc]") {
  const std::vector<double> even = {-2.0, -1.0, 0.0, 1.0, 2.0}, bent = {0.0, 2.0, 2.0, 6.0};
  for (const double value : inl(even)) CHECK(value == 0.0);
  for (const double value : dnl(even)) CHECK(value == 0.0);
  CHECK(inl(bent) == std::vector<double>{0.0, 0.0, -1.0, 0.0});
  CHECK(dnl(bent) == std::vector<double>{0.0, -1.0, 1.0});  // one code is missing
}

TEST_CASE("transitions of an ideal converter lie half a step beside its levels", "[adc]") {
  for (const Levels levels : {Levels::Symmetric, Levels::Even}) {
    const AdcSpec spec{.bits = 6, .levels = levels};
    const auto transitions = code_transitions(Adc(spec, 1, 0, 1), 0);
    REQUIRE(transitions.size() == (levels == Levels::Even ? 63 : 62));
    for (std::size_t k = 0; k < transitions.size(); ++k)
      CHECK(transitions[k] ==
            Approx(static_cast<double>(k) + 0.5 - spec.half_steps()).margin(1e-12).epsilon(0));
  }
}

TEST_CASE("keys that do nothing and values beyond their limits are refused by name", "[adc][error]") {
  CHECK_NOTHROW(check(AdcSpec{}));
  for (const AdcSpec& kind : circuits) CHECK_NOTHROW(check(with_errors(kind)));
  expect_refusal({.capacitor_sigma = 0.1}, "capacitor_sigma", "ramp, sar, pipeline, cyclic");
  expect_refusal({.kind = AdcKind::Cco, .comparator_sigma = 0.1}, "comparator_sigma", "no effect");
  expect_refusal({.kind = AdcKind::Sar, .opamp_gain_db = 60.0}, "opamp_gain_db", "leave it at 100");
  expect_refusal({.kind = AdcKind::Ramp, .columns_per_adc = 8}, "columns_per_adc", "no effect");
  expect_refusal({.kind = AdcKind::Ramp, .split_capacitor = true}, "split_capacitor", "sar");
  expect_refusal({.kind = AdcKind::Sar, .parasitic_capacitor = 0.1}, "parasitic_capacitor", "pipeline");
  expect_refusal({.cco_ghz = 3.3}, "cco_ghz", "cco");
  expect_refusal({.kind = AdcKind::Cco, .cco_window_ns = 64.0}, "cco_window_ns", "cco_ghz is 0");
  expect_refusal({.kind = AdcKind::Cco, .cco_ghz = 0.001}, "cco_ghz", "at least");
  expect_refusal({.kind = AdcKind::Cco, .levels = Levels::Even}, "levels", "use symmetric");
  expect_refusal({.bits = 20, .kind = AdcKind::Sar}, "bits", "2 .. 16");
  expect_refusal({.bits = 25}, "bits", "2 .. 24");
  expect_refusal({.fixed_range = 3.0}, "fixed_range", "range is fixed");
  expect_refusal({.noise_lsb = -1.0}, "noise_lsb", "outside 0");
  expect_refusal({.gain_sigma = nan_value}, "gain_sigma", "outside 0");
}

TEST_CASE("ranges of slices are powers of two apart, cover what was wanted, and waste least", "[adc]") {
  const std::vector<double> wanted = {3.0, 5.9, 0.0, 13.0};
  const auto ranges = power_of_two_ranges(wanted);
  REQUIRE(ranges.size() == 4);
  // Base 13 gives 3.25, 6.5, 13 (waste 1.19); base 3 gives 3, 6, 24 and base 5.9 gives 5.9, 5.9, 23.6.
  CHECK(ranges == std::vector<double>{3.25, 6.5, 3.25, 13.0});
  CHECK(power_of_two_ranges(std::vector<double>{0.0, 0.0}) == std::vector<double>{1.0, 1.0});
  const std::vector<double> exact = {0.1, 0.2, 0.4, 0.8};
  CHECK(power_of_two_ranges(exact) == exact);
}

TEST_CASE("the full range is the rows and the granular one counts its steps", "[adc]") {
  CHECK(full_range(1152) == 1152.0);
  CHECK(granular_step(2, 1) == Approx(1.0 / 3.0));
  CHECK(granular_step(3, 2) == Approx(1.0 / 21.0));
  CHECK(granular_range({.bits = 8}, 0.5) == 63.5);
}
