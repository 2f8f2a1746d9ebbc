// SPDX-License-Identifier: Apache-2.0
#include "models/base/kernels.hpp"

#include <Eigen/Core>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/base/kernel_choice.hpp"
#include "tests/support/forced_kernel_path.hpp"

using namespace mimosa;

namespace {

using Floats = std::vector<float>;

bool same_bytes(const Floats& a, const Floats& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

Floats random_floats(std::size_t size, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  Floats values(size);
  for (auto& v : values) v = normal(generator);
  return values;
}

/// Any bit pattern, every sixth one of those that make trouble.
Floats awkward_floats(std::size_t size, unsigned seed) {
  const std::uint32_t trouble[] = {0x00000000U, 0x80000000U, 0x7F800000U, 0xFF800000U,
                                   0x7FC00000U, 0xFFC12345U, 0x7F812345U, 0x00000001U,
                                   0x807FFFFFU, 0x7F7FFFFFU, 0x3F000000U, 0xC0200000U};
  std::mt19937 generator(seed);
  Floats values(size);
  for (auto& v : values) {
    const auto word = static_cast<std::uint32_t>(generator());
    v = std::bit_cast<float>(word % 6 == 0 ? trouble[generator() % 12]
                                           : static_cast<std::uint32_t>(generator()));
  }
  return values;
}

Floats head(const Floats& v, std::size_t size) {
  return Floats(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(size));
}

float canonical(float v) {
  return std::isnan(v) ? std::bit_cast<float>(0x7FC00000U) : v;
}

/// One std::fma per input, in order.
float dot(const float* x, const float* w, std::size_t rows, std::size_t stride) {
  float sum = 0.0F;
  for (std::size_t k = 0; k < rows; ++k) sum = std::fma(x[k], w[k * stride], sum);
  return canonical(sum);
}

struct Shape {
  std::size_t rows, cols, count;
};

void check_product(const Shape& s, const Floats& x, const Floats& w) {
  INFO(s.rows << " x " << s.cols << ", batch " << s.count << ", " << to_string(kernel_path()));
  const std::size_t x_stride = s.rows + 3, w_stride = s.cols + 2, y_stride = s.cols + 5;
  const PackedMatrix packed(s.rows, s.cols, w.data(), w_stride);
  Floats y(s.count * y_stride, 77.0F), expected = y;
  for (std::size_t b = 0; b < s.count; ++b) {
    for (std::size_t j = 0; j < s.cols; ++j) {
      expected[b * y_stride + j] = dot(&x[b * x_stride], &w[j], s.rows, w_stride);
    }
  }
  gemm(packed, x.data(), x_stride, s.count, y.data(), y_stride);
  CHECK(same_bytes(y, expected));
}

/// Runs `kernel(values)` on every path and expects `expected(i)` bit for bit, for sizes around the vector
/// widths.
void check_elements(const std::function<Floats(std::size_t size)>& kernel,
                    const std::function<float(std::size_t size, std::size_t i)>& expected) {
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    for (std::size_t size = 0; size <= 67; ++size) {
      Floats wanted(size);
      for (std::size_t i = 0; i < size; ++i) wanted[i] = expected(size, i);
      INFO(to_string(path) << ", size " << size);
      CHECK(same_bytes(kernel(size), wanted));
    }
  }
}

}  // namespace

TEST_CASE("a product is one chain of fused multiply-adds per output on every path, whatever the sizes",
          "[base]") {
  const Shape shapes[] = {{1, 1, 1},     {7, 5, 3},     {3, 33, 2},    {64, 31, 12}, {65, 64, 13},
                          {257, 70, 7},  {513, 129, 4}, {33, 130, 1},  {300, 40, 1}, {20, 96, 25},
                          {16, 17, 193}, {9, 8, 400},   {511, 160, 6}, {5, 257, 2},  {1030, 40, 97}};
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    for (const auto& s : shapes) {
      check_product(s, random_floats(s.count * (s.rows + 3), 1), random_floats(s.rows * (s.cols + 2), 2));
    }
  }
}

TEST_CASE("every batch size up to two full tiles gives the same rows", "[base]") {
  const auto x = random_floats(858, 3), w = random_floats(1560, 4);
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    for (std::size_t count = 1; count <= 26; ++count) check_product({30, 50, count}, x, w);
  }
}

TEST_CASE("infinities, zeros and NaN give the same product on every path", "[base]") {
  const auto x = awkward_floats(154, 5), w = awkward_floats(296, 6);
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    check_product({8, 35, 14}, x, w);
  }
}

TEST_CASE("a product without inputs is zero and an empty batch writes nothing", "[base]") {
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    Floats y(80, 5.0F);
    gemm(PackedMatrix(0, 40, nullptr, 40), nullptr, 0, 2, y.data(), 40);
    CHECK(same_bytes(y, Floats(80, 0.0F)));
    const Floats w(40, 1.0F);
    gemm(PackedMatrix(1, 40, w.data(), 40), nullptr, 1, 0, y.data(), 40);
    CHECK(same_bytes(y, Floats(80, 0.0F)));
  }
}

TEST_CASE("a product agrees with Eigen's in double to the rounding of its sums", "[base]") {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Map = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  const auto x = random_floats(28000, 7), w = random_floats(63000, 8);
  const Matrix xd = Map(x.data(), 40, 700).cast<double>(), wd = Map(w.data(), 700, 90).cast<double>();
  const Matrix exact = xd * wd, bound = 700 * 0x1p-24 * (xd.cwiseAbs() * wd.cwiseAbs());
  Floats y(3600);
  gemm(PackedMatrix(700, 90, w.data(), 90), x.data(), 700, 40, y.data(), 90);
  CHECK(((Map(y.data(), 40, 90).cast<double>() - exact).cwiseAbs().array() <= bound.array()).all());
}

TEST_CASE("a packed matrix has 64-byte aligned, zero-padded panels and survives copies", "[base]") {
  const auto w = random_floats(111, 9);
  const PackedMatrix original(3, 37, w.data(), 37);
  const PackedMatrix copy = original;  // NOLINT(performance-unnecessary-copy-initialization)
  for (const auto* m : {&original, &copy}) {
    CHECK(reinterpret_cast<std::uintptr_t>(m->panel_data(1)) % 64 == 0);
    for (std::size_t r = 0; r < 3; ++r) {
      for (std::size_t c = 0; c < 64; ++c) {
        CHECK(m->panel_data(c / 32)[r * 32 + c % 32] == (c < 37 ? w[r * 37 + c] : 0.0F));
      }
    }
  }
}

TEST_CASE("quantise rounds half to even, clamps, and sends NaN to the lowest level", "[base]") {
  const Floats x{0.5F, 1.5F, -2.5F, 126.6F, 127.4F, 1e30F, -1e30F, NAN, -0.2F, INFINITY};
  const Floats expected{0.0F, 2.0F, -2.0F, 127.0F, 127.0F, 127.0F, -127.0F, -127.0F, -0.0F, 127.0F};
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    Floats out(x.size());
    quantise(x, 1.0F, 127.0F, out);
    CHECK(same_bytes(out, expected));
    Floats in_place{0.26F, -0.24F};
    quantise(in_place, 10.0F, 2.0F, in_place);
    CHECK(same_bytes(in_place, {2.0F, -2.0F}));
  }
}

TEST_CASE("elementwise kernels do what they say, bit for bit, on every path", "[base]") {
  const auto a = awkward_floats(67, 10), b = awkward_floats(67, 11), c = awkward_floats(67, 12);
  check_elements(
      [&](std::size_t n) {
        Floats out(n);
        quantise(head(a, n), 3.0F, 100.0F, out);
        return out;
      },
      [&](std::size_t, std::size_t i) {
        const float v = std::nearbyint(a[i] * 3.0F);
        return std::isnan(v) || v < -100.0F ? -100.0F : std::min(v, 100.0F);
      });
  check_elements(
      [&](std::size_t n) {
        Floats out(n);
        square(head(a, n), out);
        return out;
      },
      [&](std::size_t, std::size_t i) { return canonical(a[i] * a[i]); });
  check_elements(
      [&](std::size_t n) {
        Floats out(n);
        magnitude(head(a, n), out);
        return out;
      },
      [&](std::size_t, std::size_t i) { return std::copysign(a[i], 1.0F); });
  check_elements(
      [&](std::size_t n) {
        Floats out = head(c, n);
        add_noise(head(a, n), head(b, n), out);
        return out;
      },
      [&](std::size_t, std::size_t i) {
        return canonical(std::fma(a[i] > 0.0F ? std::sqrt(a[i]) : 0.0F, b[i], c[i]));
      });
  check_elements(
      [&](std::size_t n) {
        Floats out = head(b, n);
        add(head(a, n), out);
        return out;
      },
      [&](std::size_t, std::size_t i) { return canonical(b[i] + a[i]); });
  check_elements(
      [&](std::size_t n) {
        Floats out = head(b, n);
        add_scaled(head(a, n), -1.7F, out);
        return out;
      },
      [&](std::size_t, std::size_t i) { return canonical(std::fma(a[i], -1.7F, b[i])); });
  check_elements(
      [&](std::size_t n) {
        Floats out = head(a, n);
        scale_by(out, -1.7F, 0.3F);
        return out;
      },
      [&](std::size_t, std::size_t i) { return canonical(std::fma(a[i], -1.7F, 0.3F)); });
  check_elements(
      [&](std::size_t n) {
        Floats out = head(b, n);
        add_quantised(head(a, n), 3.0F, 127.0F, -4.0F, out);
        return out;
      },
      [&](std::size_t, std::size_t i) {
        Floats code{a[i]};
        quantise(code, 3.0F, 127.0F, code);
        return canonical(std::fma(code[0], -4.0F, b[i]));
      });
}

TEST_CASE("row kernels repeat their column parameters over the rows on every path", "[base]") {
  const auto x = awkward_floats(268, 13), p = awkward_floats(67, 14), q = awkward_floats(67, 15);
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    for (std::size_t cols = 1; cols <= 67; ++cols) {
      auto shifted = head(x, 4 * cols), rectified = shifted;
      auto expected_shifted = shifted, expected_rectified = shifted;
      for (std::size_t i = 0; i < 4 * cols; ++i) {
        expected_shifted[i] = canonical(std::fma(x[i], p[i % cols], q[i % cols]));
        expected_rectified[i] = x[i] < 0.0F ? canonical(x[i] * p[i % cols]) : x[i];
      }
      scale_shift(shifted, head(p, cols), head(q, cols));
      prelu(rectified, head(p, cols));
      INFO(to_string(path) << ", " << cols << " columns");
      CHECK(same_bytes(shifted, expected_shifted));
      CHECK(same_bytes(rectified, expected_rectified));
    }
  }
}

TEST_CASE("the kernel path is the fastest one unless a name chooses another", "[base]") {
  CHECK(chosen_kernel_path(nullptr) == available_kernel_paths().back());
  for (const auto path : available_kernel_paths()) CHECK(chosen_kernel_path(to_string(path).data()) == path);
}

TEST_CASE("an unknown kernel path is refused with the allowed ones", "[base][error]") {
  CHECK_THROWS_AS(chosen_kernel_path("sse9"), UserError);
  CHECK_THROWS_WITH(chosen_kernel_path("sse9"), Catch::StartsWith("MIMOSA_KERNELS: no kernel path 'sse9'") &&
                                                    Catch::Contains("allowed: portable"));
  CHECK_THROWS_AS(chosen_kernel_path(""), UserError);
}
