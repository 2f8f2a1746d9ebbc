// SPDX-License-Identifier: Apache-2.0
#include "models/converter/dac.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"

using namespace mimosa;

namespace {

float code_of(float x, double range, int bits) {
  float code = 0.0F;
  to_dac_codes({&x, 1}, range, {.bits = bits}, {&code, 1});
  return code;
}

}  // namespace

TEST_CASE("a sign-magnitude converter matches CrossSim's at 8 bits", "[converter]") {
  CHECK(DacSpec{}.full_code() == 127.0);
  CHECK(static_cast<double>(code_of(0.3F, 1.0, 8)) / 127.0 == Approx(0.29921260).epsilon(0).margin(0.5e-8));
}

TEST_CASE("an even converter matches CrossSim's at 8 bits", "[converter]") {
  // k = rint((x + 1) · 127.5): 0 is code 128, 0.00392157, not a level; 0.3 is code 166, 0.30196078.
  const DacSpec spec{.levels = Levels::Even};
  const std::vector<double> x = {0.0, 0.3, 1.0, -1.0, 2.0, -2.0};
  std::vector<double> codes(x.size());
  to_dac_codes(x, 1.0, spec, codes);
  CHECK(codes == std::vector<double>{0.5, 38.5, 127.5, -127.5, 127.5, -127.5});
  CHECK(codes[0] / spec.full_code() == Approx(0.00392157).epsilon(1e-6));
  CHECK(codes[1] / spec.full_code() == Approx(0.30196078).epsilon(0).margin(0.5e-8));
}

TEST_CASE("the parts of an input add up to it, whatever the slices and signs", "[converter]") {
  for (const int bits : {2, 5, 8, 16})
    for (const int slice : {0, 1, 2, 3, 7}) {
      if (slice >= bits) continue;
      for (const InputCode code : {InputCode::SignMagnitude, InputCode::TwosComplement})
        for (const bool split : {false, true}) {
          if (code == InputCode::TwosComplement && (split || slice == 0)) continue;
          const DacSpec spec{.bits = bits, .code = code, .slice_bits = slice};
          const auto full = static_cast<int>(spec.full_code());
          std::vector<double> codes, sum;
          for (int k = -full; k <= full; k += std::max(1, full / 300)) codes.push_back(k);
          sum.resize(codes.size());
          for (const InputPart& part : input_parts(spec, split)) {
            std::vector<double> digits(codes.size());
            take_part(part, codes, digits);
            for (std::size_t i = 0; i < codes.size(); ++i) {
              REQUIRE(std::abs(digits[i]) <= part.full);
              if (split || code == InputCode::TwosComplement) REQUIRE(digits[i] >= 0.0);
              sum[i] += part.coefficient * digits[i];
            }
          }
          CHECK(sum == codes);
        }
    }
}

TEST_CASE("slices that cannot be are refused", "[converter][error]") {
  CHECK_THROWS_AS(check(DacSpec{.bits = 4, .slice_bits = 4}), UserError);
  CHECK_THROWS_AS(check(DacSpec{.slice_bits = 1, .levels = Levels::Even}), UserError);
  CHECK_THROWS_AS(check(DacSpec{.code = InputCode::TwosComplement}), UserError);
}

TEST_CASE("zero is a level and the levels are symmetric", "[converter]") {
  CHECK(code_of(0.0F, 1.0, 8) == 0.0F);
  for (const float x : {0.1F, 0.3F, 0.77F, 1.0F}) CHECK(code_of(-x, 1.0, 8) == -code_of(x, 1.0, 8));
}

TEST_CASE("a converter saturates at its outermost levels", "[converter]") {
  CHECK(code_of(1.0F, 1.0, 8) == 127.0F);
  CHECK(code_of(5.0F, 1.0, 8) == 127.0F);
  CHECK(code_of(-5.0F, 1.0, 4) == -7.0F);
  CHECK(code_of(0.2F, 1.0, 2) == 0.0F);
  CHECK(code_of(0.6F, 1.0, 2) == 1.0F);
}

TEST_CASE("halves of a code go to the even one", "[converter]") {
  // range = levels, so x is in codes
  CHECK(code_of(0.5F, 127.0, 8) == 0.0F);
  CHECK(code_of(1.5F, 127.0, 8) == 2.0F);
  CHECK(code_of(2.5F, 127.0, 8) == 2.0F);
  CHECK(code_of(-2.5F, 127.0, 8) == -2.0F);
}

TEST_CASE("the range scales what a code stands for", "[converter]") {
  CHECK(code_of(1.2F, 4.0, 8) == 38.0F);
}

TEST_CASE("a code differs from its value by at most half a level", "[converter]") {
  std::vector<float> x(1001), codes(1001);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) / 500.0F - 1.0F;
  const DacSpec spec{.bits = 5};
  to_dac_codes(x, 1.0, spec, codes);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(std::abs(codes[i] / 15.0F - x[i]) <= 0.5001F / 15.0F);
}
