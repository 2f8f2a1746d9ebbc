// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstring>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "models/digital/ops.hpp"

using namespace mimosa;

namespace {

const std::vector<Rounding> all_roundings = {
    {NumberFormat::Fp32, 0}, {NumberFormat::Bf16, 0}, {NumberFormat::Fp16, 0}, {NumberFormat::Int16, 8}};

std::vector<float> random_values(std::size_t size, std::uint32_t pass, Rounding rounding = {}) {
  std::vector<float> x(size);
  normals(11, pass, 0, 0, x);
  round_values(x, rounding);
  return x;
}

/// Half the distance of the format's values around x.
double half_step(double x, Rounding rounding) {
  if (rounding.format == NumberFormat::Int16) return std::ldexp(0.5, -rounding.fraction_bits);
  const int bits = rounding.format == NumberFormat::Fp32   ? 24
                   : rounding.format == NumberFormat::Bf16 ? 8
                                                           : 11;
  const int lowest = rounding.format == NumberFormat::Fp16 ? -13 : -125;
  int exponent = 0;
  std::frexp(x, &exponent);
  return std::ldexp(0.5, std::max(exponent, lowest) - bits);
}

/// y is a value of the format and the nearest one to `exact`, but for the float in between.
void check_rounded(float y, double exact, Rounding rounding) {
  float again = y;
  round_values({&again, 1}, rounding);
  CHECK(again == y);
  const double slack = rounding.format == NumberFormat::Fp32 ? 1e-6 : 1e-3;
  CHECK(std::fabs(static_cast<double>(y) - exact) <= half_step(exact, rounding) * (1.0 + slack));
}

bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

double value(float x) {
  return static_cast<double>(x);
}

constexpr double pi = 3.141592653589793;

/// Circular convolution by the definition of the discrete Fourier transform.
std::vector<double> bind_by_dft(const std::vector<float>& a, const std::vector<float>& b) {
  const std::size_t n = a.size();
  const auto transform = [n](const auto& x, double sign) {
    std::vector<std::complex<double>> out(n);
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t t = 0; t < n; ++t) {
        const double angle = sign * 2.0 * pi * static_cast<double>(k * t % n) / static_cast<double>(n);
        out[k] += std::polar(1.0, angle) * std::complex<double>(x[t]);
      }
    }
    return out;
  };
  auto product = transform(a, -1.0);
  const auto other = transform(b, -1.0);
  for (std::size_t k = 0; k < n; ++k) product[k] *= other[k];
  std::vector<double> result(n);
  const auto back = transform(product, 1.0);
  for (std::size_t t = 0; t < n; ++t) result[t] = back[t].real() / static_cast<double>(n);
  return result;
}

}  // namespace

TEST_CASE("affine scales and shifts each channel and rounds once", "[digital]") {
  const std::size_t channels = 19, positions = 301;
  const auto scale = random_values(channels, 1), shift = random_values(channels, 2);
  for (const Rounding rounding : all_roundings) {
    const auto x = random_values(positions * channels, 0, rounding);
    auto y = x;
    affine(y, scale, shift, rounding);
    for (std::size_t i = 0; i < y.size(); ++i) {
      check_rounded(y[i], std::fma(value(x[i]), value(scale[i % channels]), value(shift[i % channels])),
                    rounding);
    }
    auto single = x;
    for (std::size_t p = 0; p < positions; ++p)
      affine(std::span(single).subspan(p * channels, channels), scale, shift, rounding);
    CHECK(same_bytes(single, y));
  }
}

TEST_CASE("relu drops negative values only", "[digital]") {
  std::vector<float> x = {-2.0F, -0.0F, 0.0F, 3.5F, -1e-30F};
  relu(x);
  CHECK(x == std::vector<float>{0.0F, 0.0F, 0.0F, 3.5F, 0.0F});
}

TEST_CASE("prelu scales negative values by their channel's slope", "[digital]") {
  const std::size_t channels = 7, positions = 900;
  const auto slope = random_values(channels, 3);
  for (const Rounding rounding : all_roundings) {
    const auto x = random_values(positions * channels, 0, rounding);
    auto y = x;
    prelu(y, slope, rounding);
    for (std::size_t i = 0; i < y.size(); ++i) {
      if (x[i] >= 0.0F)
        CHECK(y[i] == x[i]);
      else
        check_rounded(y[i], value(x[i]) * value(slope[i % channels]), rounding);
    }
    auto single = x;
    for (std::size_t p = 0; p < positions; ++p)
      prelu(std::span(single).subspan(p * channels, channels), slope, rounding);
    CHECK(same_bytes(single, y));
  }
}

TEST_CASE("sigmoid and tanh match their definitions to the rounding, saturating quietly", "[digital]") {
  for (const Rounding rounding : all_roundings) {
    auto x = random_values(500, 4, rounding);
    for (float& v : x) v *= 4.0F;
    auto s = x, t = x;
    sigmoid(s, rounding);
    tanh_values(t, rounding);
    for (std::size_t i = 0; i < x.size(); ++i) {
      check_rounded(s[i], 1.0 / (1.0 + std::exp(-value(x[i]))), rounding);
      check_rounded(t[i], std::tanh(value(x[i])), rounding);
    }
  }
  std::vector<float> far = {-1000.0F, 1000.0F}, far_tanh = far;
  sigmoid(far, {});
  tanh_values(far_tanh, {});
  CHECK(far == std::vector<float>{0.0F, 1.0F});
  CHECK(far_tanh == std::vector<float>{-1.0F, 1.0F});
}

TEST_CASE("addition and accumulation round once", "[digital]") {
  const std::size_t size = 9001;
  for (const Rounding rounding : all_roundings) {
    const auto x = random_values(size, 5, rounding), y = random_values(size, 6, rounding);
    auto sum = y, partial = y;
    add(x, sum, rounding);
    std::vector<float> codes = x;
    quantise(x, 40.0F, 127.0F, codes);
    const std::vector<float> factor = {0.037F};
    add_partial_sum(codes, factor, partial, rounding);
    for (std::size_t i = 0; i < size; ++i) {
      check_rounded(sum[i], value(x[i]) + value(y[i]), rounding);
      check_rounded(partial[i], std::fma(value(codes[i]), value(0.037F), value(y[i])), rounding);
    }
    auto piecewise = y;
    add_partial_sum(std::span(codes).first(17), factor, std::span(piecewise).first(17), rounding);
    add_partial_sum(std::span(codes).subspan(17), factor, std::span(piecewise).subspan(17), rounding);
    CHECK(same_bytes(piecewise, partial));
  }
}

TEST_CASE("accumulation takes one factor a column of every row", "[digital]") {
  const std::vector<float> factors = {0.5F, -1.25F, 3.0F}, codes = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};
  for (const Rounding rounding : all_roundings) {
    std::vector<float> y = {1.0F, 1.0F, 1.0F, 2.0F, 2.0F, 2.0F};
    add_partial_sum(codes, factors, y, rounding);
    CHECK(y == std::vector<float>{1.5F, -1.5F, 10.0F, 4.0F, -4.25F, 20.0F});
  }
}

TEST_CASE("the mean rounds after every addition, in order", "[digital]") {
  const std::array<float, 1> big = {2048.0F}, one = {1.0F};
  std::array<float, 1> y = {};
  const std::vector<std::span<const float>> descending = {big, one, one}, ascending = {one, one, big};
  mean(descending, y, {NumberFormat::Fp16, 0});
  CHECK(y[0] == 682.5F);  // 2048 + 1 is 2048 in fp16; 682.67 is between 682.5 and 683
  mean(ascending, y, {NumberFormat::Fp16, 0});
  CHECK(y[0] == 683.5F);  // 2050 / 3
  mean(descending, y, {});
  CHECK(y[0] == Approx(2050.0 / 3.0).epsilon(1e-7));
  mean(std::vector<std::span<const float>>{one}, y, {});
  CHECK(y[0] == 1.0F);
}

TEST_CASE("average pooling divides by the whole window, padding included", "[digital]") {
  const Shape shape{.channels = 5, .height = 7, .width = 6};
  Node node;
  node.kernel = 3, node.stride = 2, node.padding = 1;
  for (const Rounding rounding : all_roundings) {
    const auto in = random_values(static_cast<std::size_t>(shape.size()), 7, rounding);
    for (int oy = 0; oy < 4; ++oy) {
      std::vector<float> out(3 * 5);
      average_pool_row(in, shape, node, oy, out, rounding);
      for (int ox = 0; ox < 3; ++ox) {
        for (int c = 0; c < 5; ++c) {
          double sum = 0.0;
          for (int y = std::max(0, 2 * oy - 1); y <= std::min(6, 2 * oy + 1); ++y) {
            for (int x = std::max(0, 2 * ox - 1); x <= std::min(5, 2 * ox + 1); ++x)
              sum += value(in[static_cast<std::size_t>((y * 6 + x) * 5 + c)]);
          }
          const float got = out[static_cast<std::size_t>(ox * 5 + c)];
          // Nine float additions before the rounding.
          CHECK(std::fabs(value(got) - sum / 9.0) <= half_step(sum / 9.0, rounding) + 4e-6);
          float again = got;
          round_values({&again, 1}, rounding);
          CHECK(again == got);
        }
      }
    }
  }
}

TEST_CASE("a kernel of zero pools the whole map", "[digital]") {
  const Shape shape{.channels = 2, .height = 2, .width = 3};
  const std::vector<float> in = {1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 66};
  Node node;
  node.kernel = 0;
  std::vector<float> out(2);
  average_pool_row(in, shape, node, 0, out, {});
  CHECK(out == std::vector<float>{3.5F, 36.0F});
  max_pool_row(in, shape, node, 0, out);
  CHECK(out == std::vector<float>{6.0F, 66.0F});
}

TEST_CASE("max pooling never takes the padding", "[digital]") {
  const Shape shape{.channels = 1, .height = 3, .width = 3};
  const std::vector<float> in = {-9, -8, -7, -6, -5, -4, -3, -2, -1};
  Node node;
  node.kernel = 2, node.stride = 2, node.padding = 1;
  std::vector<float> out(2);
  max_pool_row(in, shape, node, 0, out);
  CHECK(out == std::vector<float>{-9.0F, -7.0F});
  max_pool_row(in, shape, node, 1, out);
  CHECK(out == std::vector<float>{-3.0F, -1.0F});
}

TEST_CASE("flattening puts channels first", "[digital]") {
  const std::vector<float> in = {1, 2, 3, 4, 5, 6, 7, 8};  // 2 x 2 positions of 2 channels
  std::vector<float> out(8);
  flatten_map(in, {.channels = 2, .height = 2, .width = 2}, out);
  CHECK(out == std::vector<float>{1, 3, 5, 7, 2, 4, 6, 8});
}

TEST_CASE("binding is circular convolution, directly and by Fourier transform", "[digital]") {
  for (const std::size_t n : {std::size_t{1}, std::size_t{13}, std::size_t{64}}) {
    const auto key = random_values(n, 8), x = random_values(n, 9);
    const CircularBinder binder(key);
    CHECK(binder.channels() == n);
    std::vector<float> y(n);
    binder.bind(x.data(), 1, y.data(), {});
    const auto fourier = bind_by_dft(key, x);
    for (std::size_t t = 0; t < n; ++t) {
      double direct = 0.0, magnitude = 0.0;
      for (std::size_t m = 0; m < n; ++m) {
        const double term = value(key[m]) * value(x[(t + n - m) % n]);
        direct += term;
        magnitude += std::fabs(term);
      }
      const double bound = static_cast<double>(n + 1) * 0x1p-24 * magnitude;
      CHECK(std::fabs(value(y[t]) - direct) <= bound);
      CHECK(fourier[t] == Approx(direct).margin(1e-12 * static_cast<double>(n)));
    }
  }
}

TEST_CASE("binding rounds its sums to the format and does not depend on the batch", "[digital]") {
  const std::size_t n = 48, count = 37;
  const CircularBinder binder(random_values(n, 10));
  const auto x = random_values(n * count, 11);
  std::vector<float> exact(n * count);
  binder.bind(x.data(), count, exact.data(), {});
  for (const Rounding rounding : all_roundings) {
    std::vector<float> y(n * count), single(n * count);
    binder.bind(x.data(), count, y.data(), rounding);
    for (std::size_t i = 0; i < count; ++i) binder.bind(x.data() + i * n, 1, single.data() + i * n, rounding);
    CHECK(same_bytes(single, y));
    for (std::size_t i = 0; i < y.size(); ++i) check_rounded(y[i], value(exact[i]), rounding);
  }
}
