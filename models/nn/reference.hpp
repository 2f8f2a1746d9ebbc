// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "models/nn/graph.hpp"

namespace mimosa {

/// A value of `passes` passes: [pass][slot][y][x][channel], channels fastest.
struct Value {
  std::vector<float> data;
};

/// fp32 reference of the network, sums in a fixed order, independent of the batch.
/// `inputs`: [pass][input][y][x][channel] normalised. Returns every node's value when
/// `keep_all`, else only the last (others empty).
[[nodiscard]] std::vector<Value> run_reference(const Network& network, std::span<const float> inputs,
                                               std::size_t passes, bool keep_all = false);

/// Logits [input][class] of consecutive inputs ([input][channel][y][x] normalised), passes of
/// `inputs_per_pass`; a short last pass repeats its first inputs and drops the copies, that of an attention
/// grid masks the slots left free. `threads` workers over passes. `progress` is told the inputs done, from
/// the calling thread; what it throws ends the work.
[[nodiscard]] std::vector<float> reference_logits(const Network& network, std::span<const float> images,
                                                  std::size_t count, int threads = 1,
                                                  const std::function<void(std::size_t)>& progress = {});

/// Consecutive images ([input][C][H][W]) as inputs of passes, [pass][input][H][W][C]; a short last pass wraps
/// to its own first inputs.
[[nodiscard]] std::vector<float> pass_inputs(const Network& network, std::span<const float> images,
                                             std::size_t count);

/// im2col of one position: gathers the receptive field of output (oy, ox) from one slot's [y][x][channel] map
/// into out[kernel·kernel·channels], row order (ky, kx, c), zero outside.
void gather_patch(const float* map, const Shape& in, int kernel, int stride, int padding, int oy, int ox,
                  float* out);

/// Matrix of an analog node, [inputs][outputs] row-major: conv rows in (ky, kx, c) order, linear and unbind
/// transposed, bind as stacked circulants [slots·C][C].
struct Matrix {
  int rows = 0, cols = 0;
  std::vector<float> data;
};
[[nodiscard]] Matrix weight_matrix(const Network& network, const Node& node);

}  // namespace mimosa
