// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

#include "models/base/kernel_table.hpp"
#include "models/base/vector_tools.hpp"

// Anonymous: see kernel_table.hpp.
namespace mimosa {
namespace {

/// Accesses of a whole vector, and of the first n elements of one.
template <class V>
struct Whole {
  typename V::Float load(const float* p) const { return V::load(p); }
  void store(float* p, typename V::Float v) const { V::store(p, v); }
};
template <class V>
struct Part {
  std::size_t n;
  typename V::Float load(const float* p) const { return V::load_part(p, n); }
  void store(float* p, typename V::Float v) const { V::store_part(p, n, v); }
};

/// body(i, access) for the vectors at i = 0, width, …
template <class V, class Body>
void for_vectors(std::size_t size, const Body& body) {
  std::size_t i = 0;
  for (; i + V::width <= size; i += V::width) body(i, Whole<V>{});
  if (i < size) body(i, Part<V>{size - i});
}

template <class V>
typename V::Float clamp_rounded(typename V::Float v, float low, float high) {
  // maximum takes its second operand where v is NaN.
  return V::minimum(V::maximum(V::round_half_even(v), V::broadcast(low)), V::broadcast(high));
}

template <class V>
void quantise(const float* x, std::size_t size, float scale, float limit, float* out) {
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    at.store(out + i, clamp_rounded<V>(V::mul(at.load(x + i), V::broadcast(scale)), -limit, limit));
  });
}

template <class V>
void fixed_point(float* x, std::size_t size, float scale, float low, float high) {
  const float step = 1.0F / scale;
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    const auto code = clamp_rounded<V>(V::mul(at.load(x + i), V::broadcast(scale)), low, high);
    at.store(x + i, V::mul(code, V::broadcast(step)));
  });
}

template <class V>
void square(const float* x, std::size_t size, float* out) {
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    const auto v = at.load(x + i);
    at.store(out + i, canonical<V>(V::mul(v, v)));
  });
}

template <class V>
void magnitude(const float* x, std::size_t size, float* out) {
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    at.store(out + i, V::from_bits(V::bit_and(V::bits(at.load(x + i)), V::broadcast(0x7FFFFFFFU))));
  });
}

template <class V>
void add_noise(const float* variance, const float* normal, std::size_t size, float* value) {
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    const auto sigma = V::sqrt(V::maximum(at.load(variance + i), V::broadcast(0.0F)));
    at.store(value + i, canonical<V>(V::fma(sigma, at.load(normal + i), at.load(value + i))));
  });
}

template <class V>
void round_to_fp16(float* x, std::size_t size) {
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    const auto v = at.load(x + i);
    const auto number = V::select(V::is_nan(v), V::broadcast(0.0F), v);
    at.store(x + i, V::select(V::is_nan(v), canonical<V>(v), V::to_fp16_and_back(number)));
  });
}

template <class V>
void round_to_bf16(float* x, std::size_t size) {
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    const auto v = at.load(x + i);
    const auto bits = V::bits(v);
    const auto odd = V::bit_and(V::template shift_right<16>(bits), V::broadcast(1U));
    const auto rounded = V::add(V::add(bits, V::broadcast(0x7FFFU)), odd);
    const auto kept = V::from_bits(V::bit_and(rounded, V::broadcast(0xFFFF0000U)));
    at.store(x + i, V::select(V::is_nan(v), canonical<V>(v), kept));
  });
}

template <class V>
void scale_shift(float* x, std::size_t rows, std::size_t cols, const float* scale, const float* shift) {
  for (std::size_t r = 0; r < rows; ++r, x += cols) {
    for_vectors<V>(cols, [=](std::size_t i, auto at) {
      at.store(x + i, canonical<V>(V::fma(at.load(x + i), at.load(scale + i), at.load(shift + i))));
    });
  }
}

template <class V>
void prelu(float* x, std::size_t rows, std::size_t cols, const float* slope) {
  for (std::size_t r = 0; r < rows; ++r, x += cols) {
    for_vectors<V>(cols, [=](std::size_t i, auto at) {
      const auto v = at.load(x + i);
      const auto scaled = canonical<V>(V::mul(v, at.load(slope + i)));
      at.store(x + i, V::select(V::less(v, V::broadcast(0.0F)), scaled, v));
    });
  }
}

template <class V>
void add(const float* x, std::size_t size, float* y) {
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    at.store(y + i, canonical<V>(V::add(at.load(x + i), at.load(y + i))));
  });
}

template <class V>
void add_scaled(const float* x, std::size_t size, float factor, float* y) {
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    at.store(y + i, canonical<V>(V::fma(at.load(x + i), V::broadcast(factor), at.load(y + i))));
  });
}

template <class V>
void perturb_panel(const PanelArguments& a) {
  for (std::size_t r = 0; r < a.rows; ++r)
    for (std::size_t i = 0; i < gemm_panel; i += V::width) {
      const std::size_t at = r * gemm_panel + i;
      const auto normal = V::load(a.normal + r * a.stride + i);
      V::store(a.out + at, canonical<V>(V::fma(V::load(a.sigma + at), normal, V::load(a.base + at))));
    }
}

template <class V>
void scale_by(float* x, std::size_t size, float factor, float shift) {
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    at.store(x + i, canonical<V>(V::fma(at.load(x + i), V::broadcast(factor), V::broadcast(shift))));
  });
}

template <class V>
void add_quantised(const float* x, std::size_t size, float scale, float limit, float factor, float* y) {
  for_vectors<V>(size, [=](std::size_t i, auto at) {
    const auto code = clamp_rounded<V>(V::mul(at.load(x + i), V::broadcast(scale)), -limit, limit);
    at.store(y + i, canonical<V>(V::fma(code, V::broadcast(factor), at.load(y + i))));
  });
}

/// In x + 1.5 · 2²³ the low 22 bits are the integer |x| < 2²¹ in two's complement.
template <class V>
void digits(const float* x, std::size_t size, const DigitField& of, float* out) {
  const float plus = of.positive ? of.unit : 0.0F, minus = of.negative ? of.unit : 0.0F;
  const float below = of.complement ? minus : of.positive ? -minus : minus;
  const std::uint32_t sign = of.complement ? 0xFFFFFFFFU : 0x7FFFFFFFU;
  for_vectors<V>(size, [=, field = of.field](std::size_t i, auto at) {
    const auto v = at.load(x + i);
    const auto kept = V::from_bits(V::bit_and(V::bits(v), V::broadcast(sign)));
    const auto bits = V::bit_and(V::bits(V::add(kept, V::broadcast(12582912.0F))), V::broadcast(field));
    const auto unit = V::select(V::less(v, V::broadcast(0.0F)), V::broadcast(below), V::broadcast(plus));
    at.store(out + i, V::add(V::mul(V::to_float(bits), unit), V::broadcast(0.0F)));  // no -0
  });
}

}  // namespace
}  // namespace mimosa
