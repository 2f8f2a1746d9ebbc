// SPDX-License-Identifier: Apache-2.0
#include "models/digital/sequence_ops.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "models/base/portable_math.hpp"

namespace mimosa {
namespace {

/// Mean and 1/√(variance + eps) of one position.
struct Moments {
  double mean = 0.0, factor = 0.0;
};

Moments moments(std::span<const float> x, double eps) {
  double sum = 0.0, squares = 0.0;
  for (const float v : x) sum += static_cast<double>(v);
  const auto count = static_cast<double>(x.size());
  const double mean = sum / count;
  for (const float v : x) {
    const double d = static_cast<double>(v) - mean;
    squares += d * d;
  }
  return {mean, 1.0 / std::sqrt(squares / count + eps)};
}

}  // namespace

void layer_norm(std::span<float> x, std::span<const float> weight, std::span<const float> bias, double eps,
                Rounding rounding) {
  const std::size_t channels = weight.size();
  for (std::size_t first = 0; first < x.size(); first += channels) {
    const std::span<float> at = x.subspan(first, channels);
    const Moments m = moments(at, eps);
    for (std::size_t c = 0; c < channels; ++c)
      at[c] = static_cast<float>((static_cast<double>(at[c]) - m.mean) * m.factor *
                                     static_cast<double>(weight[c]) +
                                 static_cast<double>(bias[c]));
  }
  round_values(x, rounding);
}

void multiply_channels(std::span<float> x, std::span<const float> key, Rounding rounding) {
  for (std::size_t first = 0; first < x.size(); first += key.size())
    for (std::size_t c = 0; c < key.size(); ++c) x[first + c] *= key[c];
  round_values(x, rounding);
}

void multiply(std::span<float> x, float factor, Rounding rounding) {
  for (float& v : x) v *= factor;
  round_values(x, rounding);
}

void relu_features(std::span<float> p, double eps, Rounding rounding) {
  const auto shift = static_cast<float>(eps);
  for (float& v : p) v = (v < 0.0F ? 0.0F : v) + shift;
  round_values(p, rounding);
}

void exp_query_features(std::span<float> p, std::size_t features, double eps, Rounding rounding) {
  for (std::size_t first = 0; first < p.size(); first += features) {
    const std::span<float> at = p.subspan(first, features);
    const auto largest = static_cast<double>(*std::max_element(at.begin(), at.end()));
    for (float& v : at) v = static_cast<float>(portable_exp(static_cast<double>(v) - largest) + eps);
  }
  round_values(p, rounding);
}

void exp_key_features(std::span<float> p, std::size_t features, std::span<const float> x, double eps,
                      Rounding rounding) {
  const std::size_t channels = x.size() / (p.size() / features);
  for (std::size_t first = 0, from = 0; first < p.size(); first += features, from += channels) {
    double squares = 0.0;
    for (const float v : x.subspan(from, channels))
      squares += static_cast<double>(v) * static_cast<double>(v);
    for (float& v : p.subspan(first, features))
      v = static_cast<float>(portable_exp(static_cast<double>(v) - squares / 2.0) + eps);
  }
  round_values(p, rounding);
}

void dpfp(std::span<const float> x, std::size_t channels, int nu, std::span<float> y, Rounding rounding) {
  const std::size_t pair = 2 * channels;
  std::vector<float> r(pair);
  float* out = y.data();
  for (std::size_t first = 0; first < x.size(); first += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      r[c] = std::max(x[first + c], 0.0F);
      r[channels + c] = std::max(-x[first + c], 0.0F);
    }
    for (std::size_t i = 1; i <= static_cast<std::size_t>(nu); ++i)
      for (std::size_t j = 0; j < pair; ++j) *out++ = r[j] * r[(j + pair - i) % pair];
  }
  round_values(y, rounding);
}

}  // namespace mimosa
