// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

#include "models/base/kernel_table.hpp"
#include "models/base/vector_tools.hpp"

// Anonymous: see kernel_table.hpp.
namespace mimosa {
namespace {

/// Part of one product: `depth` inputs of some batch rows, and the strips of columns from `strip` on.
struct Tile {
  const GemmArguments& args;
  const float* x;  ///< rows gemm_pitch apart
  float* y;        ///< rows args.y_stride apart
  std::size_t first_input, depth, strip;
};

/// Strip: two vectors of columns, the unit a tile is wide in. Strips never cross panels.
template <class V>
constexpr std::size_t strip_columns = 2 * V::width;

template <class V>
const float* strip_weights(const Tile& t, std::size_t strip) {
  const std::size_t column = strip * strip_columns<V>;
  return t.args.w + column / gemm_panel * t.args.rows * gemm_panel + t.first_input * gemm_panel +
         column % gemm_panel;
}

/// Columns from `column` on that exist, at most one vector.
template <class V>
std::size_t columns_left(const Tile& t, std::size_t column) {
  const std::size_t left = t.args.cols > column ? t.args.cols - column : 0;
  return left < V::width ? left : V::width;
}

template <class V, std::size_t rows, std::size_t vectors>
void load_sums(const Tile& t, typename V::Float (&sum)[rows][vectors]) {
  unroll<rows>([&](auto r) {
    unroll<vectors>([&](auto v) {
      const std::size_t column = t.strip * strip_columns<V> + v.value * V::width;
      const std::size_t n = columns_left<V>(t, column);
      const float* y = t.y + r.value * t.args.y_stride + column;
      sum[r.value][v.value] = n == V::width ? V::load(y) : V::broadcast(0.0F);
      if (n > 0 && n < V::width) sum[r.value][v.value] = V::load_part(y, n);
    });
  });
}

template <class V, std::size_t rows, std::size_t vectors>
void store_sums(const Tile& t, const typename V::Float (&sum)[rows][vectors]) {
  unroll<rows>([&](auto r) {
    unroll<vectors>([&](auto v) {
      const std::size_t column = t.strip * strip_columns<V> + v.value * V::width;
      const std::size_t n = columns_left<V>(t, column);
      float* y = t.y + r.value * t.args.y_stride + column;
      if (n == V::width) {
        V::store(y, canonical<V>(sum[r.value][v.value]));
      } else if (n > 0) {
        V::store_part(y, n, canonical<V>(sum[r.value][v.value]));
      }
    });
  });
}

/// y += x w over the tile; y counts as 0 before the first input.
template <class V, std::size_t rows, std::size_t strips>
void gemm_tile(const Tile& t) {
  using Float = typename V::Float;
  constexpr std::size_t vectors = 2 * strips;
  Float sum[rows][vectors];
  if (t.first_input == 0) {
    unroll<rows>(
        [&](auto r) { unroll<vectors>([&](auto v) { sum[r.value][v.value] = V::broadcast(0.0F); }); });
  } else {
    load_sums<V>(t, sum);
  }
  const float* w[strips];
  unroll<strips>([&](auto s) { w[s.value] = strip_weights<V>(t, t.strip + s.value); });
  const float* x = t.x;
  const std::size_t end = t.depth * gemm_panel;
  for (std::size_t k = 0; k < end; k += gemm_panel, ++x) {
    Float weight[vectors];
    unroll<vectors>([&](auto v) { weight[v.value] = V::load(w[v.value / 2] + k + v.value % 2 * V::width); });
    unroll<rows>([&](auto r) {
      const Float input = V::broadcast(x[r.value * gemm_pitch]);
      unroll<vectors>(
          [&](auto v) { sum[r.value][v.value] = V::fma(input, weight[v.value], sum[r.value][v.value]); });
    });
  }
  store_sums<V>(t, sum);
}

}  // namespace
}  // namespace mimosa
