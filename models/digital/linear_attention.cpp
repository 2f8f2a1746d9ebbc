// SPDX-License-Identifier: Apache-2.0
#include "models/digital/linear_attention.hpp"

#include <algorithm>
#include <cmath>

#include "models/base/kernels.hpp"

namespace mimosa {
namespace {

/// Number of a row [slot][position][head].
std::size_t row(const LinearAttention& s, std::size_t slot, std::size_t l, std::size_t head) {
  return (slot * s.positions + l) * s.heads + head;
}

}  // namespace

LinearAttentionState::LinearAttentionState(std::size_t features, std::size_t channels,
                                           std::size_t key_bundles, bool pooled)
    : features_(features),
      channels_(channels),
      state_(features * channels, 0.0F),
      sums_((pooled ? 1 : key_bundles) * features, 0.0F) {
}

void LinearAttentionState::clear() {
  std::fill(state_.begin(), state_.end(), 0.0F);
  std::fill(sums_.begin(), sums_.end(), 0.0F);
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

void absorb_position(const LinearAttention& s, std::size_t head, std::size_t l, std::span<const float> phi_k,
                     std::span<const float> v, LinearAttentionState& state) {
  for (std::size_t m = 0; m < s.m; ++m)
    state.add(m, phi_k.subspan(row(s, m, l, head) * s.features, s.features),
              v.subspan(row(s, m, l, head) * s.channels, s.channels));
}

void read_position(const LinearAttention& s, std::size_t head, std::size_t l, std::span<const float> phi_q,
                   const LinearAttentionState& state, std::span<float> out, Rounding products,
                   Rounding results) {
  std::vector<float> num(s.channels), den(state.denominators());
  for (std::size_t n = 0; n < s.n; ++n) {
    state.read(phi_q.subspan(row(s, n, l, head) * s.features, s.features), num, den, products);
    for (std::size_t m = 0; m < den.size(); ++m)
      divide(num, den[m], s.eps, out.subspan(row(s, m * s.n + n, l, head) * s.channels, s.channels), results);
  }
}

void linear_attention(const LinearAttention& sizes, std::span<const float> phi_q,
                      std::span<const float> phi_k, std::span<const float> v, std::span<float> out,
                      Rounding rounding) {
  for (std::size_t h = 0; h < sizes.heads; ++h) {
    LinearAttentionState state(sizes.features, sizes.channels, sizes.m, sizes.pooled);
    const auto read = [&](std::size_t l) {
      read_position(sizes, h, l, phi_q, state, out, rounding, rounding);
    };
    for (std::size_t l = 0; l < sizes.mutual; ++l) absorb_position(sizes, h, l, phi_k, v, state);
    for (std::size_t l = 0; l < sizes.mutual; ++l) read(l);
    for (std::size_t l = sizes.mutual; l < sizes.positions; ++l) {
      absorb_position(sizes, h, l, phi_k, v, state);
      read(l);
    }
  }
}

void linear_attention_step(const LinearAttention& sizes, std::span<LinearAttentionState> states,
                           std::span<const float> phi_q, std::span<const float> phi_k,
                           std::span<const float> v, std::span<float> out, Rounding rounding) {
  for (std::size_t h = 0; h < sizes.heads; ++h) {
    absorb_position(sizes, h, 0, phi_k, v, states[h]);
    read_position(sizes, h, 0, phi_q, states[h], out, rounding, rounding);
  }
}

}  // namespace mimosa
