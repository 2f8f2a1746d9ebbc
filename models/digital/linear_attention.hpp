// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/digital/rounding.hpp"

namespace mimosa {

/// State of linear attention of one head over an M × N grid (FAVOR+S; Menet et al., NeurIPS 2023):
/// A = Σ_l Σ_m v_m[l] φ(k_m[l])ᵀ and B_m = Σ_l φ(k_m[l]), or B = Σ_m B_m where denominators are pooled. Its
/// size does not depend on the number of positions. Sums are chains of fused multiply-adds in fp32 in the
/// order of `add`; A and B are rounded to the format where they are read, the accumulators never.
class LinearAttentionState {
 public:
  /// R features, D channels of a value, M bundles of keys.
  LinearAttentionState(std::size_t features, std::size_t channels, std::size_t key_bundles, bool pooled);

  /// Adds one position of bundle m: φ(k) of R numbers and v of D.
  void add(std::size_t m, std::span<const float> phi_k, std::span<const float> v);
  /// The same of rows φ(k) [row][R] and v [row][D], row r of bundle r mod M, to an empty state.
  void add_first(std::span<const float> phi_k, std::span<const float> v);

  /// For rows of φ(q), [row][R]: result [row][D + denominators], round(A φ(q)) and behind it round(φ(q)·B_m),
  /// features ascending.
  void read(std::span<const float> phi_q, std::span<float> result, Rounding rounding) const;

  /// Back to no position.
  void clear();

  /// M, or 1 if pooled.
  [[nodiscard]] std::size_t denominators() const { return denominators_; }
  /// Numbers held.
  [[nodiscard]] std::size_t size() const { return state_.size(); }

 private:
  [[nodiscard]] std::size_t width() const { return channels_ + denominators_; }

  std::size_t features_, channels_, key_bundles_, denominators_;
  std::vector<float> state_;  ///< [R][D + denominators]: A, and B behind it
};

/// Sizes of linear attention over the positions of one pass.
struct LinearAttention {
  std::size_t m = 1, n = 1;  ///< the grid
  std::size_t positions = 1, heads = 1, features = 1, channels = 1;
  std::size_t mutual = 0;  ///< first positions that attend to one another; the others to all up to themselves
  bool pooled = false;
  double eps = 0.0;  ///< added to denominators
};

/// Takes position l of one head into its state: φ(k) [M][L][H][R] and v [M][L][H][D] of a pass.
void absorb_position(const LinearAttention& sizes, std::size_t head, std::size_t l,
                     std::span<const float> phi_k, std::span<const float> v, LinearAttentionState& state);
/// Results of position l of one head: φ(q) [N][L][H][R] to [M·N][L][H][D], or pooled [N][L][H][D]. Products
/// are rounded to one format, quotients to the other.
void read_position(const LinearAttention& sizes, std::size_t head, std::size_t l,
                   std::span<const float> phi_q, LinearAttentionState& state, std::span<float> out,
                   Rounding products, Rounding results);

/// φ(q) [N][L][H][R], φ(k) [M][L][H][R] and v [M][L][H][D] of a pass to its result: [M·N][L][H][D] with
/// round(num_n/round(den_mn + eps)), or pooled [N][L][H][D] with one denominator per n.
void linear_attention(const LinearAttention& sizes, std::span<const float> phi_q,
                      std::span<const float> phi_k, std::span<const float> v, std::span<float> out,
                      Rounding rounding);

/// The same for the next position alone (`sizes.positions` 1), causal: `states` of its heads hold all before.
void linear_attention_step(const LinearAttention& sizes, std::span<LinearAttentionState> states,
                           std::span<const float> phi_q, std::span<const float> phi_k,
                           std::span<const float> v, std::span<float> out, Rounding rounding);

/// out[c] = round(num[c] / round(den + eps))
void divide(std::span<const float> num, float den, double eps, std::span<float> out, Rounding rounding);

}  // namespace mimosa
