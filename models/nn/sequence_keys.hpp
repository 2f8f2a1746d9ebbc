// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mimosa {

/// Slots of an attention grid, M × N: slot b = m · N + n. "N bundles" are numbered by n, "M bundles" by m.
struct Grid {
  int m = 0, n = 0;  ///< 0 × 0: the network has no grid
  [[nodiscard]] int size() const { return m * n; }
  friend bool operator==(const Grid&, const Grid&) = default;
};

/// Index of the grid: which one the slots of a value have (`spread`), or which one a sum runs over (`over`).
enum class SlotAxis { None, M, N, Both };

/// φ of linear attention from p = Ω x: max(p, 0) + eps; exp(p − max p) + eps; exp(p − ‖x‖²/2) + eps.
enum class FeatureKind { Relu, ExpQuery, ExpKey };

/// Which positions attend to which: all to all; each to itself and those before it; those before `prefix` to
/// one another and the others to all up to themselves.
enum class Mask { Full, Causal, Prefix };

/// Attributes of the operations on sequences; `op_keys.hpp` says which operation has which.
struct SequenceKeys {
  int heads = 1;  ///< Heads: H
  SlotAxis spread =
      SlotAxis::None;              ///< Hadamard: the index its input's slots are; None: all slots of the grid
  bool bipolar = true;             ///< Hadamard: its keys are ±1, as they are taken to be without weights
  SlotAxis over = SlotAxis::Both;  ///< GridSum
  double scale = 1.0;              ///< GridSum, SoftmaxAttention
  bool grid_scale = false;         ///< GridSum: times 1/√(M N) as well
  FeatureKind kind = FeatureKind::Relu;  ///< RandomFeatures
  int nu = 1;                            ///< Dpfp: ν
  Mask mask = Mask::Full;                ///< Attention, SoftmaxAttention
  int prefix = 0;                        ///< of Mask::Prefix: P positions
  bool pooled = false;  ///< Attention: one denominator per N bundle, and N bundles as the result
  int index = -1;       ///< Row: the position; −1: the last
  friend bool operator==(const SequenceKeys&, const SequenceKeys&) = default;
};

/// Positions that attend to one another before the causal part: all, none, or P.
[[nodiscard]] constexpr int mutual_positions(const SequenceKeys& keys, int length) {
  if (keys.mask == Mask::Full) return length;
  return keys.mask == Mask::Prefix ? keys.prefix : 0;
}

}  // namespace mimosa
