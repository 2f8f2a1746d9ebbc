// SPDX-License-Identifier: Apache-2.0
#include "models/converter/converter.hpp"

#include <vector>

#include <catch2/catch.hpp>

using namespace mimosa;

namespace {

float code_of(float x, double range, int bits) {
  float code = 0.0F;
  to_dac_codes({&x, 1}, range, {.dac_bits = bits}, {&code, 1});
  return code;
}

}  // namespace

TEST_CASE("a sign-magnitude converter matches CrossSim's at 8 bits", "[converter]") {
  const ConverterSpec spec;
  CHECK(spec.dac_levels() == 127.0F);
  CHECK(static_cast<double>(code_of(0.3F, 1.0, 8)) * adc_step(spec, 1.0) == Approx(0.29921260).epsilon(1e-8));
  CHECK(adc_step(spec, 1.0) == Approx(0.00787402).epsilon(1e-6));
  CHECK(adc_step(spec, 1.0) == Approx(2.0 / 254.0).epsilon(1e-15));
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
  CHECK(adc_step({.adc_bits = 8}, 4.0) == Approx(4.0 / 127.0));
  // gain counts codes of the ADC per code of the DAC, step turns an ADC code into inputs times weights.
  const ConverterSpec spec{.dac_bits = 6, .adc_bits = 10};
  CHECK(adc_gain(spec, 3.0) * static_cast<double>(spec.dac_levels()) * adc_step(spec, 3.0) == Approx(1.0));
  CHECK(adc_gain(spec, 3.0) == Approx(511.0 / (3.0 * 31.0)));
}

TEST_CASE("a code differs from its value by at most half a level", "[converter]") {
  std::vector<float> x(1001), codes(1001);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) / 500.0F - 1.0F;
  const ConverterSpec spec{.dac_bits = 5};
  to_dac_codes(x, 1.0, spec, codes);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(std::abs(codes[i] / 15.0F - x[i]) <= 0.5001F / 15.0F);
}
