// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <utility>

#include "models/base/gemm_tile.hpp"
#include "models/base/kernel_table.hpp"

// Anonymous: see kernel_table.hpp.
namespace mimosa {
namespace {

using TileFunction = void (*)(const Tile&);

/// Tiles of 1, 2, … rows: one strip wide, or as wide as registers allow, which hides latency when batches are
/// small.
template <class V, bool wide, std::size_t... r>
constexpr TileFunction tile_function(std::size_t rows, std::index_sequence<r...>) {
  constexpr TileFunction functions[] = {gemm_tile < V, r + 1, wide ? V::strips_at_once(r + 1) : 1 > ...};
  return functions[rows - 1];
}

/// All columns of up to gemm_block_rows batch rows; a strip of weights stays in the cache for all of them.
template <class V>
void gemm_rows(Tile t, std::size_t rows) {
  constexpr auto sizes = std::make_index_sequence<V::tile_rows>{};
  const std::size_t tiles = (rows + V::tile_rows - 1) / V::tile_rows;
  const std::size_t strips = (t.args.cols + strip_columns<V> - 1) / strip_columns<V>;
  const float* const x = t.x;
  float* const y = t.y;
  const std::size_t step = tiles == 1 ? V::strips_at_once(rows) : 1;
  for (t.strip = 0; t.strip < strips;) {
    const bool wide = step > 1 && strips - t.strip >= step;
    for (std::size_t i = 0, row = 0; i < tiles; ++i) {
      const std::size_t next = rows * (i + 1) / tiles;
      t.x = x + row * gemm_pitch;
      t.y = y + row * t.args.y_stride;
      (wide ? tile_function<V, true>(next - row, sizes) : tile_function<V, false>(next - row, sizes))(t);
      row = next;
    }
    t.strip += wide ? step : 1;
  }
}

template <class V>
void copy_inputs(const float* x, std::size_t stride, std::size_t rows, std::size_t depth, float* out) {
  for (std::size_t r = 0; r < rows; ++r, x += stride, out += gemm_pitch) {
    std::size_t k = 0;
    for (; k + V::width <= depth; k += V::width) V::store(out + k, V::load(x + k));
    for (; k < depth; ++k) out[k] = x[k];
  }
}

template <class V>
void gemm(const GemmArguments& a) {
  const std::size_t blocks = (a.count + gemm_block_rows - 1) / gemm_block_rows;
  const std::size_t parts = a.rows == 0 ? 1 : (a.rows + gemm_depth - 1) / gemm_depth;
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t row = a.count * b / blocks, rows = a.count * (b + 1) / blocks - row;
    for (std::size_t p = 0; p < parts; ++p) {
      const std::size_t input = a.rows * p / parts, depth = a.rows * (p + 1) / parts - input;
      copy_inputs<V>(a.x + row * a.x_stride + input, a.x_stride, rows, depth, a.scratch);
      gemm_rows<V>({a, a.scratch, a.y + row * a.y_stride, input, depth, 0}, rows);
    }
  }
}

}  // namespace
}  // namespace mimosa
