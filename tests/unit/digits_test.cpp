// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/kernel_table.hpp"
#include "models/base/kernels.hpp"
#include "tests/support/forced_kernel_path.hpp"

using namespace mimosa;

namespace {

using Floats = std::vector<float>;

/// Tells 0 from -0.
std::vector<std::uint32_t> bits_of(const Floats& values) {
  std::vector<std::uint32_t> bits;
  for (const float v : values) bits.push_back(std::bit_cast<std::uint32_t>(v));
  return bits;
}

}  // namespace

TEST_CASE("digits of integers are those of integer arithmetic on every path", "[base]") {
  constexpr int largest = 300;
  Floats codes;
  for (int code = -largest; code <= largest; ++code) codes.push_back(static_cast<float>(code));
  const int shift = GENERATE(0, 1, 3, 7);
  const std::uint32_t mask = GENERATE(1U, 3U, 0x1FFU);
  const auto digit = [&](int value) {
    return static_cast<float>((static_cast<std::uint32_t>(value) >> shift) & mask);
  };
  const float unit = std::ldexp(1.0F, -shift);
  Floats both, positive, negative, complement;
  for (int code = -largest; code <= largest; ++code) {
    both.push_back(code < 0 ? 0.0F - digit(-code) : digit(code));
    positive.push_back(code > 0 ? digit(code) : 0.0F);
    negative.push_back(code < 0 ? digit(-code) : 0.0F);
    complement.push_back(digit(code));
  }
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    const auto of = [&](bool in_complement, bool of_positive, bool of_negative) {
      Floats out(codes.size());
      digits(codes, {mask << shift, unit, in_complement, of_positive, of_negative}, out);
      return out;
    };
    INFO(to_string(path) << ", shift " << shift << ", mask " << mask);
    CHECK(bits_of(of(false, true, true)) == bits_of(both));
    CHECK(bits_of(of(false, true, false)) == bits_of(positive));
    CHECK(bits_of(of(false, false, true)) == bits_of(negative));
    CHECK(bits_of(of(true, true, true)) == bits_of(complement));
  }
}
