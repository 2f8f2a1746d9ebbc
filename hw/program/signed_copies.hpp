// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <vector>

#include "hw/program/program.hpp"
#include "models/nn/graph.hpp"
#include "models/nn/reference.hpp"

namespace mimosa {

/// Keys and sums over a grid in arrays: Σ_b key_b ⊙ (W x_b) = Σ_b (diag(key_b) W) x_b, so a copy of W for
/// every slot b, its bit lines times the slot's key. The copies of the slots that make one bundle stand on
/// word lines one below the other, and bit lines add them; bundles have bit lines of their own. Every copy is
/// programmed, with errors of its own.
struct SignedCopies {
  int projection = 0, keys = 0, sum = 0;  ///< nodes: conv2d of kernel 1, hadamard, grid_sum
  int inputs = 0, outputs = 0;            ///< word and bit lines of a copy
  std::vector<int> slots;                 ///< of the copies, from the top: bundle by bundle
  int per_bundle = 1;
};

/// The copies that a sum over a grid may be computed with; none where its input is no projection, or where
/// others read what lies between.
[[nodiscard]] std::optional<SignedCopies> signed_copies(const Graph& graph, int sum);
/// Those of a stage with `Stage::signed_copies`.
[[nodiscard]] SignedCopies signed_copies(const Graph& graph, const Stage& stage);

/// Blocks of arrays of `rows` × `cols` for all copies.
[[nodiscard]] std::vector<Block> copy_blocks(const SignedCopies& copies, int rows, int cols);

/// The whole matrix, zero where word lines of one bundle meet bit lines of another, from the projection's.
[[nodiscard]] Matrix copy_matrix(const Network& network, const SignedCopies& copies,
                                 const Matrix& projection);

/// What a slot adds to bit lines [first, first + shift.size()): its key times the projection's bias.
struct SlotShift {
  int slot = 0, first = 0;
  std::vector<float> shift;
};
[[nodiscard]] std::vector<SlotShift> slot_shifts(const Network& network, const SignedCopies& copies);

}  // namespace mimosa
