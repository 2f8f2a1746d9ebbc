// SPDX-License-Identifier: Apache-2.0
#include "models/digital/linear_attention.hpp"

#include <algorithm>

#include "models/base/kernels.hpp"

namespace mimosa {
namespace {

/// Queries for which it pays to pack the state for the matrix kernel, which gives the same bytes.
constexpr std::size_t rows_worth_packing = 4;

/// One head of a pass: walks its positions with one state.
class Head {
 public:
  Head(const LinearAttention& sizes, std::size_t head, LinearAttentionState& state, Rounding products,
       Rounding results)
      : s_(sizes), head_(head), products_(products), results_(results), state_(state) {}

  /// Positions before `end`, to an empty state.
  void add_first(std::span<const float> phi_k, std::span<const float> v, std::size_t end) {
    state_.add_first(gather(phi_k, s_.m, s_.features, 0, end), gather(v, s_.m, s_.channels, 0, end));
  }

  void add(std::span<const float> phi_k, std::span<const float> v, std::size_t l) {
    for (std::size_t m = 0; m < s_.m; ++m)
      state_.add(m, phi_k.subspan(row(m, l) * s_.features, s_.features),
                 v.subspan(row(m, l) * s_.channels, s_.channels));
  }

  /// Positions `first` to `end`, from the state as it is.
  void read(std::span<const float> phi_q, std::span<float> out, std::size_t first, std::size_t end) {
    const std::vector<float> queries = gather(phi_q, s_.n, s_.features, first, end);
    const std::size_t width = s_.channels + state_.denominators();
    std::vector<float> result(queries.size() / s_.features * width);
    state_.read(queries, result, products_);
    for (std::size_t l = first, at = 0; l < end; ++l)
      for (std::size_t n = 0; n < s_.n; ++n, at += width)
        for (std::size_t d = 0; d < state_.denominators(); ++d)
          divide(std::span(result).subspan(at, s_.channels), result[at + s_.channels + d], s_.eps,
                 out.subspan(row(d * s_.n + n, l) * s_.channels, s_.channels), results_);
  }

 private:
  /// Number of a row [slot][position][head].
  [[nodiscard]] std::size_t row(std::size_t slot, std::size_t l) const {
    return (slot * s_.positions + l) * s_.heads + head_;
  }

  /// Rows of this head, [position][slot][size].
  [[nodiscard]] std::vector<float> gather(std::span<const float> x, std::size_t slots, std::size_t size,
                                          std::size_t first, std::size_t end) const {
    std::vector<float> rows((end - first) * slots * size);
    float* to = rows.data();
    for (std::size_t l = first; l < end; ++l)
      for (std::size_t slot = 0; slot < slots; ++slot, to += size)
        std::copy_n(x.data() + row(slot, l) * size, size, to);
    return rows;
  }

  const LinearAttention& s_;
  const std::size_t head_;
  const Rounding products_, results_;
  LinearAttentionState& state_;
};

}  // namespace

LinearAttentionState::LinearAttentionState(std::size_t features, std::size_t channels,
                                           std::size_t key_bundles, bool pooled)
    : features_(features),
      channels_(channels),
      key_bundles_(key_bundles),
      denominators_(pooled ? 1 : key_bundles),
      state_(features * (channels + denominators_), 0.0F) {
}

void LinearAttentionState::clear() {
  std::fill(state_.begin(), state_.end(), 0.0F);
}

void LinearAttentionState::add(std::size_t m, std::span<const float> phi_k, std::span<const float> v) {
  const std::size_t sum = channels_ + (denominators_ == 1 ? 0 : m);
  for (std::size_t r = 0; r < features_; ++r) {
    const std::span<float> of_feature = std::span(state_).subspan(r * width(), width());
    add_scaled(v, phi_k[r], of_feature.first(channels_));
    of_feature[sum] += phi_k[r];
  }
}

void LinearAttentionState::add_first(std::span<const float> phi_k, std::span<const float> v) {
  const std::size_t rows = phi_k.size() / features_;
  if (rows == 0) return;
  std::vector<float> transposed(phi_k.size());  // [R][row]
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t r = 0; r < features_; ++r) {
      const float value = phi_k[i * features_ + r];
      transposed[r * rows + i] = value;
      state_[r * width() + channels_ + (denominators_ == 1 ? 0 : i % key_bundles_)] += value;
    }
  gemm(PackedMatrix(rows, channels_, v.data(), channels_), transposed.data(), rows, features_, state_.data(),
       width());
}

void LinearAttentionState::read(std::span<const float> phi_q, std::span<float> result,
                                Rounding rounding) const {
  std::vector<float> rounded;
  std::span<const float> state = state_;
  if (rounding.format != NumberFormat::Fp32) {
    rounded = state_;
    round_values(rounded, rounding);
    state = rounded;
  }
  const std::size_t rows = phi_q.size() / features_;
  if (rows >= rows_worth_packing) {
    gemm(PackedMatrix(features_, width(), state.data(), width()), phi_q.data(), features_, rows,
         result.data(), width());
  } else {
    std::fill(result.begin(), result.end(), 0.0F);
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t r = 0; r < features_; ++r)
        add_scaled(state.subspan(r * width(), width()), phi_q[i * features_ + r],
                   result.subspan(i * width(), width()));
  }
  round_values(result, rounding);
}

void divide(std::span<const float> num, float den, double eps, std::span<float> out, Rounding rounding) {
  float sum = den + static_cast<float>(eps);
  round_values({&sum, 1}, rounding);
  for (std::size_t c = 0; c < num.size(); ++c) out[c] = num[c] / sum;
  round_values(out, rounding);
}

void absorb_position(const LinearAttention& sizes, std::size_t head, std::size_t l,
                     std::span<const float> phi_k, std::span<const float> v, LinearAttentionState& state) {
  Head(sizes, head, state, {}, {}).add(phi_k, v, l);
}

void read_position(const LinearAttention& sizes, std::size_t head, std::size_t l,
                   std::span<const float> phi_q, LinearAttentionState& state, std::span<float> out,
                   Rounding products, Rounding results) {
  Head(sizes, head, state, products, results).read(phi_q, out, l, l + 1);
}

void linear_attention(const LinearAttention& sizes, std::span<const float> phi_q,
                      std::span<const float> phi_k, std::span<const float> v, std::span<float> out,
                      Rounding rounding) {
  for (std::size_t h = 0; h < sizes.heads; ++h) {
    LinearAttentionState state(sizes.features, sizes.channels, sizes.m, sizes.pooled);
    Head head(sizes, h, state, rounding, rounding);
    head.add_first(phi_k, v, sizes.mutual);
    if (sizes.mutual > 0) head.read(phi_q, out, 0, sizes.mutual);
    for (std::size_t l = sizes.mutual; l < sizes.positions; ++l) {
      head.add(phi_k, v, l);
      head.read(phi_q, out, l, l + 1);
    }
  }
}

void linear_attention_step(const LinearAttention& sizes, std::span<LinearAttentionState> states,
                           std::span<const float> phi_q, std::span<const float> phi_k,
                           std::span<const float> v, std::span<float> out, Rounding rounding) {
  for (std::size_t h = 0; h < sizes.heads; ++h) {
    Head head(sizes, h, states[h], rounding, rounding);
    head.add(phi_k, v, 0);
    head.read(phi_q, out, 0, 1);
  }
}

}  // namespace mimosa
