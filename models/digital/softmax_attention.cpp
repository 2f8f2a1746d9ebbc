// SPDX-License-Identifier: Apache-2.0
#include "models/digital/softmax_attention.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/base/kernels.hpp"
#include "models/base/portable_math.hpp"

namespace mimosa {
namespace {

float dot(std::span<const float> a, std::span<const float> b) {
  float sum = 0.0F;
  for (std::size_t c = 0; c < a.size(); ++c) sum = std::fma(a[c], b[c], sum);
  return sum;
}

}  // namespace

void softmax_position(const SoftmaxAttention& sizes, std::size_t l, std::span<const float> q,
                      std::span<const float> k, std::span<const float> v, std::span<float> out,
                      Rounding products, Rounding results) {
  const std::size_t channels = sizes.channels, values = sizes.value_channels;
  const auto at = [&](std::size_t position, std::size_t h) { return position * sizes.heads + h; };
  const auto scale = static_cast<float>(sizes.scale);
  std::vector<float> e(l < sizes.mutual ? sizes.mutual : l + 1);
  for (std::size_t h = 0; h < sizes.heads; ++h) {
    for (std::size_t j = 0; j < e.size(); ++j)
      e[j] = scale * dot(q.subspan(h * channels, channels), k.subspan(at(j, h) * channels, channels));
    round_values(e, products);
    const auto largest = static_cast<double>(*std::max_element(e.begin(), e.end()));
    for (float& x : e) x = static_cast<float>(portable_exp(static_cast<double>(x) - largest));
    round_values(e, results);
    const std::span<float> result = out.subspan(h * values, values);
    std::fill(result.begin(), result.end(), 0.0F);
    float sum = 0.0F;
    for (std::size_t j = 0; j < e.size(); ++j) {
      add_scaled(v.subspan(at(j, h) * values, values), e[j], result);
      sum += e[j];
    }
    for (float& x : result) x /= sum;
    round_values(result, results);
  }
}

void softmax_attention(const SoftmaxAttention& sizes, std::span<const float> q, std::span<const float> k,
                       std::span<const float> v, std::span<float> out, Rounding rounding) {
  const std::size_t keys = sizes.heads * sizes.channels, values = sizes.heads * sizes.value_channels;
  for (std::size_t l = 0; l < sizes.positions; ++l)
    softmax_position(sizes, l, q.subspan(l * keys, keys), k, v, out.subspan(l * values, values), rounding,
                     rounding);
}

}  // namespace mimosa
