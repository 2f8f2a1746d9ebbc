// SPDX-License-Identifier: Apache-2.0
#include "models/digital/linear_attention.hpp"

#include <algorithm>
#include <cmath>

#include "models/base/kernels.hpp"

namespace mimosa {
namespace {

/// One head of a pass: walks its positions with one state.
class Head {
 public:
  Head(const LinearAttention& sizes, std::size_t head, Rounding rounding)
      : s_(sizes),
        head_(head),
        rounding_(rounding),
        state_(sizes.features, sizes.channels, sizes.m, sizes.pooled),
        num_(sizes.channels),
        den_(state_.denominators()) {}

  void add(std::span<const float> phi_k, std::span<const float> v, std::size_t l) {
    for (std::size_t m = 0; m < s_.m; ++m)
      state_.add(m, phi_k.subspan(row(m, l) * s_.features, s_.features),
                 v.subspan(row(m, l) * s_.channels, s_.channels));
  }

  void read(std::span<const float> phi_q, std::span<float> out, std::size_t l) {
    for (std::size_t n = 0; n < s_.n; ++n) {
      state_.read(phi_q.subspan(row(n, l) * s_.features, s_.features), num_, den_, rounding_);
      for (std::size_t d = 0; d < den_.size(); ++d)
        divide(num_, den_[d], s_.eps, out.subspan(row(d * s_.n + n, l) * s_.channels, s_.channels),
               rounding_);
    }
  }

 private:
  /// Number of a row [slot][position][head].
  [[nodiscard]] std::size_t row(std::size_t slot, std::size_t l) const {
    return (slot * s_.positions + l) * s_.heads + head_;
  }

  const LinearAttention& s_;
  const std::size_t head_;
  const Rounding rounding_;
  LinearAttentionState state_;
  std::vector<float> num_, den_;
};

}  // namespace

LinearAttentionState::LinearAttentionState(std::size_t features, std::size_t channels,
                                           std::size_t key_bundles, bool pooled)
    : features_(features),
      channels_(channels),
      state_(features * channels, 0.0F),
      sums_((pooled ? 1 : key_bundles) * features, 0.0F) {
}

void LinearAttentionState::add(std::size_t m, std::span<const float> phi_k, std::span<const float> v) {
  const std::span<float> state(state_);
  for (std::size_t r = 0; r < features_; ++r)
    add_scaled(v, phi_k[r], state.subspan(r * channels_, channels_));
  const std::size_t first = (denominators() == 1 ? 0 : m) * features_;
  mimosa::add(phi_k, std::span(sums_).subspan(first, features_));
}

void LinearAttentionState::read(std::span<const float> phi_q, std::span<float> num, std::span<float> den,
                                Rounding rounding) const {
  std::fill(num.begin(), num.end(), 0.0F);
  std::vector<float> rounded;
  const auto as_read = [&](std::span<const float> x) {
    if (rounding.format == NumberFormat::Fp32) return x;
    rounded.assign(x.begin(), x.end());
    round_values(rounded, rounding);
    return std::span<const float>(rounded);
  };
  const std::span<const float> state = as_read(state_);
  for (std::size_t r = 0; r < features_; ++r)
    add_scaled(state.subspan(r * channels_, channels_), phi_q[r], num);
  const std::span<const float> sums = as_read(sums_);
  for (std::size_t d = 0; d < den.size(); ++d) {
    den[d] = 0.0F;
    for (std::size_t r = 0; r < features_; ++r) den[d] = std::fma(phi_q[r], sums[d * features_ + r], den[d]);
  }
  round_values(num, rounding);
  round_values(den, rounding);
}

void divide(std::span<const float> num, float den, double eps, std::span<float> out, Rounding rounding) {
  float sum = den + static_cast<float>(eps);
  round_values({&sum, 1}, rounding);
  for (std::size_t c = 0; c < num.size(); ++c) out[c] = num[c] / sum;
  round_values(out, rounding);
}

void linear_attention(const LinearAttention& sizes, std::span<const float> phi_q,
                      std::span<const float> phi_k, std::span<const float> v, std::span<float> out,
                      Rounding rounding) {
  for (std::size_t h = 0; h < sizes.heads; ++h) {
    Head head(sizes, h, rounding);
    for (std::size_t l = 0; l < sizes.mutual; ++l) head.add(phi_k, v, l);
    for (std::size_t l = 0; l < sizes.mutual; ++l) head.read(phi_q, out, l);
    for (std::size_t l = sizes.mutual; l < sizes.positions; ++l) {
      head.add(phi_k, v, l);
      head.read(phi_q, out, l);
    }
  }
}

}  // namespace mimosa
