// SPDX-License-Identifier: Apache-2.0
#include "models/base/format.hpp"

#include <Eigen/Core>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/forced_kernel_path.hpp"

using namespace mimosa;

namespace {

std::vector<float> rounded(NumberFormat format, int fraction_bits, std::vector<float> x) {
  round_to(format, fraction_bits, x);
  return x;
}

float canonical(float v) {
  return std::isnan(v) ? std::bit_cast<float>(0x7FC00000U) : v;
}

bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

/// Every value of a 16-bit format (given by `widen`), the middles between neighbours, and the floats next to
/// both.
template <class Widen>
std::vector<float> format_boundaries(const Widen& widen) {
  std::vector<float> values;
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits) {
    const float v = widen(static_cast<std::uint16_t>(bits)),
                next = widen(static_cast<std::uint16_t>(bits + 1));
    const float middle = std::isfinite(next) ? v + (next - v) / 2.0F : v * 1.0002F;
    for (const float point : {v, middle}) {
      values.insert(values.end(), {point, std::nextafter(point, INFINITY), std::nextafter(point, -INFINITY)});
    }
  }
  values.push_back(65520.0F);  // halfway to the fp16 value that does not exist
  values.push_back(std::nextafter(65520.0F, 0.0F));
  values.push_back(std::numeric_limits<float>::max());
  std::mt19937 generator(1);
  for (int i = 0; i < 100000; ++i) {
    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(generator())));
  }
  return values;
}

}  // namespace

TEST_CASE("number formats have their names and sizes", "[base]") {
  CHECK(to_string(NumberFormat::Fp32) == "fp32");
  CHECK(to_string(NumberFormat::Bf16) == "bf16");
  CHECK(to_string(NumberFormat::Fp16) == "fp16");
  CHECK(to_string(NumberFormat::Int16) == "int16");
  CHECK(bytes_of(NumberFormat::Fp32) == 4);
  for (const auto format : {NumberFormat::Bf16, NumberFormat::Fp16, NumberFormat::Int16})
    CHECK(bytes_of(format) == 2);
}

TEST_CASE("fp32 changes nothing and the 16-bit floats keep 11 and 8 significant bits", "[base]") {
  const std::vector<float> x{1.0F + 0x1p-20F, 1.0F + 0x1p-11F, 1.0F + 0x1.8p-10F, 1.0F + 0x1.8p-8F, 7e4F};
  CHECK(rounded(NumberFormat::Fp32, 0, x) == x);
  CHECK(rounded(NumberFormat::Fp16, 0, x) ==
        std::vector<float>{1.0F, 1.0F, 1.0F + 0x1p-9F, 1.0F + 0x1.8p-8F, INFINITY});
  CHECK(rounded(NumberFormat::Bf16, 0, x) == std::vector<float>{1.0F, 1.0F, 1.0F, 1.0F + 0x1p-7F, 70144.0F});
}

TEST_CASE("int16 is fixed point, ties to even, saturating, on every path", "[base]") {
  const std::vector<float> x{0.125F, 0.375F, -0.125F, -0.3F, 1e9F, -1e9F, 8191.75F, NAN, INFINITY, -8192.2F};
  const std::vector<float> expected{0.0F,     0.5F,     0.0F,     -0.25F,   8191.75F,
                                    -8192.0F, 8191.75F, -8192.0F, 8191.75F, -8192.0F};
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    CHECK(rounded(NumberFormat::Int16, 2, x) == expected);
    CHECK(rounded(NumberFormat::Int16, -3, {12.0F, 3e5F}) == std::vector<float>{16.0F, 262136.0F});
    CHECK(rounded(NumberFormat::Int16, 100, {0.25F}) == std::vector<float>{32767.0F * 0x1p-100F});
  }
}

TEST_CASE("rounding to fp16 agrees with Eigen's half on every path", "[base]") {
  const auto values = format_boundaries([](std::uint16_t b) {
    return static_cast<float>(Eigen::half(Eigen::half_impl::raw_uint16_to_half(b)));
  });
  auto expected = values;
  for (auto& v : expected) v = canonical(static_cast<float>(Eigen::half(v)));
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    auto rounded = values;
    round_to_fp16(rounded);
    CHECK(same_bytes(rounded, expected));
  }
}

TEST_CASE("rounding to bf16 agrees with Eigen's bfloat16 on every path", "[base]") {
  const auto values = format_boundaries(
      [](std::uint16_t b) { return std::bit_cast<float>(static_cast<std::uint32_t>(b) << 16); });
  auto expected = values;
  for (auto& v : expected) v = canonical(static_cast<float>(Eigen::bfloat16(v)));
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    auto rounded = values;
    round_to_bf16(rounded);
    CHECK(same_bytes(rounded, expected));
  }
}
