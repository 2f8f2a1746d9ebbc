// SPDX-License-Identifier: Apache-2.0
#include "models/digital/sequence_ops.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "models/digital/linear_attention.hpp"
#include "models/digital/softmax_attention.hpp"

namespace mimosa {
namespace {

using Values = std::vector<float>;

Values random_values(std::size_t count, const char* what) {
  Values x(count);
  normals(random_key({.seed = 3, .chip = 0, .layer = what}, Effect::Inputs), 0, 0, 0, x);
  return x;
}

/// Positive features.
Values random_features(std::size_t count, const char* what) {
  Values x = random_values(count, what);
  relu_features(x, 1e-3, {});
  return x;
}

double number(float x) {
  return static_cast<double>(x);
}

/// Linear attention by its definition, in double: every pair of positions weighted by φ(q)·φ(k).
std::vector<double> quadratic(const LinearAttention& s, const Values& q, const Values& k, const Values& v) {
  const auto row = [&](std::size_t slot, std::size_t l, std::size_t h) {
    return (slot * s.positions + l) * s.heads + h;
  };
  std::vector<double> out((s.pooled ? 1 : s.m) * s.n * s.positions * s.heads * s.channels);
  for (std::size_t h = 0; h < s.heads; ++h)
    for (std::size_t n = 0; n < s.n; ++n)
      for (std::size_t l = 0; l < s.positions; ++l) {
        std::vector<double> num(s.channels), den(s.m);
        for (std::size_t m = 0; m < s.m; ++m)
          for (std::size_t j = 0; j < s.positions; ++j) {
            const bool seen = l < s.mutual ? j < s.mutual : j <= l;
            if (!seen) continue;
            double weight = 0.0;
            for (std::size_t r = 0; r < s.features; ++r)
              weight += number(q[row(n, l, h) * s.features + r]) * number(k[row(m, j, h) * s.features + r]);
            den[m] += weight;
            for (std::size_t c = 0; c < s.channels; ++c)
              num[c] += weight * number(v[row(m, j, h) * s.channels + c]);
          }
        double all = 0.0;
        for (const double d : den) all += d;
        for (std::size_t m = 0; m < (s.pooled ? 1 : s.m); ++m)
          for (std::size_t c = 0; c < s.channels; ++c)
            out[row(m * s.n + n, l, h) * s.channels + c] = num[c] / ((s.pooled ? all : den[m]) + s.eps);
      }
  return out;
}

}  // namespace

TEST_CASE("prefix sums of linear attention equal its quadratic form for every mask", "[digital][attention]") {
  const Values q = random_features(3 * 9 * 2 * 20, "q"), k = random_features(2 * 9 * 2 * 20, "k");
  const Values v = random_values(2 * 9 * 2 * 5, "v");
  for (const bool pooled : {false, true})
    for (const std::size_t mutual : {0U, 4U, 9U})
      for (const double eps : {0.0, 0.5}) {
        const LinearAttention sizes{.m = 2,
                                    .n = 3,
                                    .positions = 9,
                                    .heads = 2,
                                    .features = 20,
                                    .channels = 5,
                                    .mutual = mutual,
                                    .pooled = pooled,
                                    .eps = eps};
        Values out((pooled ? 3 : 6) * 9 * 2 * 5);
        linear_attention(sizes, q, k, v, out, {});
        const std::vector<double> expected = quadratic(sizes, q, k, v);
        REQUIRE(expected.size() == out.size());
        double error = 0.0;
        for (std::size_t i = 0; i < out.size(); ++i)
          error = std::max(error, std::fabs(number(out[i]) - expected[i]));
        CAPTURE(pooled, mutual, eps, error);
        CHECK(error < 1e-5);  // chains of at most 360 fp32 products of about unit size
      }
}

TEST_CASE("linear attention position by position gives the bytes of the whole", "[digital][attention]") {
  const LinearAttention whole{.m = 2, .n = 2, .positions = 6, .heads = 3, .features = 8, .channels = 4};
  LinearAttention one = whole;
  one.positions = 1;
  const Values q = random_features(2 * 6 * 3 * 8, "q"), k = random_features(2 * 6 * 3 * 8, "k");
  const Values v = random_values(2 * 6 * 3 * 4, "v");
  Values out(4 * 6 * 3 * 4);
  linear_attention(whole, q, k, v, out, {});
  std::vector<LinearAttentionState> states(3, LinearAttentionState(8, 4, 2, false));
  const auto at = [](const Values& x, std::size_t l, std::size_t width) {  // [slot][position][head · channel]
    Values y;
    for (std::size_t first = l * width; first < x.size(); first += 6 * width)
      y.insert(y.end(), x.begin() + static_cast<std::ptrdiff_t>(first),
               x.begin() + static_cast<std::ptrdiff_t>(first + width));
    return y;
  };
  for (std::size_t l = 0; l < 6; ++l) {
    Values now(4 * 3 * 4);
    linear_attention_step(one, states, at(q, l, 24), at(k, l, 24), at(v, l, 12), now, {});
    CHECK(now == at(out, l, 12));
  }
  CHECK(states[0].size() == 8 * 4 + 2 * 8);
}

TEST_CASE("results of the digital unit are numbers of its format", "[digital][attention]") {
  const Rounding bf16{.format = NumberFormat::Bf16};
  const LinearAttention sizes{.m = 2, .n = 2, .positions = 5, .features = 12, .channels = 6};
  const Values q = random_features(120, "q"), k = random_features(120, "k"), v = random_values(60, "v");
  Values coarse(120), fine(120);
  linear_attention(sizes, q, k, v, coarse, bf16);
  linear_attention(sizes, q, k, v, fine, {});
  Values again = coarse;
  round_values(again, bf16);
  CHECK(again == coarse);
  CHECK(coarse != fine);
  for (std::size_t i = 0; i < fine.size(); ++i)  // state, num, den, sum and quotient: five roundings of 2⁻⁹
    CHECK(coarse[i] == Approx(fine[i]).epsilon(0.01).margin(0.02));
  const SoftmaxAttention softmax{
      .positions = 5, .channels = 6, .value_channels = 6, .mutual = 5, .scale = 0.4};
  Values soft(30);
  softmax_attention(softmax, std::span(v).first(30), std::span(v).last(30), std::span(v).first(30), soft,
                    bf16);
  again = soft;
  round_values(again, bf16);
  CHECK(again == soft);
}

TEST_CASE("softmax attention agrees with double for every mask", "[digital][attention]") {
  const Values q = random_values(7 * 2 * 6, "q"), k = random_values(7 * 2 * 6, "k"),
               v = random_values(7 * 2 * 3, "v");
  for (const std::size_t mutual : {0U, 3U, 7U}) {
    const SoftmaxAttention sizes{
        .positions = 7, .heads = 2, .channels = 6, .value_channels = 3, .mutual = mutual, .scale = 1.7};
    Values out(42);
    softmax_attention(sizes, q, k, v, out, {});
    for (std::size_t h = 0; h < 2; ++h)
      for (std::size_t l = 0; l < 7; ++l) {
        std::vector<double> sums(4);
        for (std::size_t j = 0; j < 7; ++j) {
          if (l < mutual ? j >= mutual : j > l) continue;
          double dot = 0.0;
          for (std::size_t c = 0; c < 6; ++c)
            dot += number(q[(l * 2 + h) * 6 + c]) * number(k[(j * 2 + h) * 6 + c]);
          const double e = std::exp(1.7 * dot);
          for (std::size_t c = 0; c < 3; ++c) sums[c] += e * number(v[(j * 2 + h) * 3 + c]);
          sums[3] += e;
        }
        for (std::size_t c = 0; c < 3; ++c)
          CHECK(number(out[(l * 2 + h) * 3 + c]) == Approx(sums[c] / sums[3]).margin(1e-5));
      }
  }
}

TEST_CASE("a softmax of large logits stays finite", "[digital][attention]") {
  const Values q{300.0F, 300.0F}, v{1.0F, 5.0F};
  Values out(2);
  softmax_attention({.positions = 2, .mutual = 2}, q, Values{1.0F, 2.0F}, v, out, {});
  CHECK(out == Values{5.0F, 5.0F});  // exp(−300) is 0 beside 1 in fp32
}

TEST_CASE("layer norm agrees with double and takes the eps into the root", "[digital]") {
  const std::size_t channels = 48;
  const Values x = random_values(5 * channels, "x"), weight = random_values(channels, "w"),
               bias = random_values(channels, "b");
  Values y = x;
  layer_norm(y, weight, bias, 0.3, {});
  for (std::size_t p = 0; p < 5; ++p) {
    double mean = 0.0, variance = 0.0;
    for (std::size_t c = 0; c < channels; ++c) mean += number(x[p * channels + c]) / channels;
    for (std::size_t c = 0; c < channels; ++c)
      variance += std::pow(number(x[p * channels + c]) - mean, 2) / channels;
    for (std::size_t c = 0; c < channels; ++c)
      CHECK(number(y[p * channels + c]) ==
            Approx((number(x[p * channels + c]) - mean) / std::sqrt(variance + 0.3) * number(weight[c]) +
                   number(bias[c]))
                .epsilon(1e-6)
                .margin(1e-6));
  }
}

TEST_CASE("positive random features estimate the softmax kernel", "[digital]") {
  // E[φ(q)·φ(k)]/R = exp(q·k) for ω ~ N(0, I) (Choromanski et al., lemma 1), with 40,000 features. The
  // query's features lack exp(−‖q‖²/2) and have the factor exp(−max). The deviation of the mean of R products
  // is √(exp(‖q + k‖²) − 1)/√R relative; five of them: false-alarm rate 6e-7.
  const std::size_t features = 40000, channels = 4;
  const Values q{0.3F, -0.2F, 0.5F, 0.1F}, k{-0.1F, 0.4F, 0.6F, -0.3F},
      omega = random_values(features * channels, "omega");
  Values phi_q(features), phi_k(features);
  double dot = 0.0, of_q = 0.0, of_sum = 0.0, largest = -1e9;
  for (std::size_t c = 0; c < channels; ++c) {
    dot += number(q[c]) * number(k[c]);
    of_q += number(q[c]) * number(q[c]);
    of_sum += std::pow(number(q[c]) + number(k[c]), 2);
  }
  for (std::size_t r = 0; r < features; ++r) {
    for (std::size_t c = 0; c < channels; ++c) {
      phi_q[r] += omega[r * channels + c] * q[c];
      phi_k[r] += omega[r * channels + c] * k[c];
    }
    largest = std::max(largest, number(phi_q[r]));
  }
  exp_query_features(phi_q, features, 0.0, {});
  exp_key_features(phi_k, features, k, 0.0, {});
  CHECK(*std::max_element(phi_q.begin(), phi_q.end()) == 1.0F);
  double sum = 0.0;
  for (std::size_t r = 0; r < features; ++r) sum += number(phi_q[r]) * number(phi_k[r]);
  const double estimate = sum / static_cast<double>(features) * std::exp(largest - of_q / 2);
  const double deviation = std::sqrt((std::exp(of_sum) - 1.0) / static_cast<double>(features));
  CHECK(std::fabs(estimate / std::exp(dot) - 1.0) < 5 * deviation);
}

TEST_CASE("attention by features of large inputs stays finite and within its values",
          "[digital][attention]") {
  // exp(ω·x) alone leaves fp32 at ω·x = 89; an average with weights that are not negative stays between the
  // least and the largest value.
  const std::size_t features = 32, channels = 16, positions = 6;
  const Values omega = random_values(features * channels, "omega"), v = random_values(positions * 4, "v");
  const auto [least, most] = std::minmax_element(v.begin(), v.end());
  for (const float size : {1.0F, 100.0F, 1e4F, 1e6F})
    for (const bool exponential : {true, false}) {
      Values q = random_values(positions * channels, "q"), k = random_values(positions * channels, "k");
      multiply(q, size, {});
      multiply(k, size, {});
      Values phi_q(positions * features), phi_k(positions * features);
      float largest = 0.0F;
      for (std::size_t i = 0; i < phi_q.size(); ++i)
        for (std::size_t c = 0; c < channels; ++c) {
          phi_q[i] += omega[i % features * channels + c] * q[i / features * channels + c];
          phi_k[i] += omega[i % features * channels + c] * k[i / features * channels + c];
          largest = std::max(largest, phi_q[i]);
        }
      CHECK((size == 1.0F || largest > 89.0F));
      if (exponential) {
        exp_query_features(phi_q, features, 1e-6, {});
        exp_key_features(phi_k, features, k, 1e-6, {});
      } else {
        relu_features(phi_q, 1e-3, {});
        relu_features(phi_k, 1e-3, {});
      }
      Values out(positions * 4);
      linear_attention({.positions = positions, .features = features, .channels = 4, .mutual = positions},
                       phi_q, phi_k, v, out, {});
      CAPTURE(size, exponential);
      for (const float x : out) CHECK((x > *least - 1e-4F && x < *most + 1e-4F));
    }
}

TEST_CASE("eps is added to every feature", "[digital]") {
  Values relu{-1.0F, 2.0F}, query{0.0F, -1.0F, 3.0F, 3.0F}, key{0.5F, 0.0F};
  relu_features(relu, 0.25, {});
  exp_query_features(query, 2, 0.25, {});
  exp_key_features(key, 2, Values{1.0F, 0.0F}, 0.25, {});
  CHECK(relu == Values{0.25F, 2.25F});
  CHECK(query == Values{1.25F, static_cast<float>(std::exp(-1.0) + 0.25), 1.25F, 1.25F});
  CHECK(key[0] == 1.25F);
  CHECK(key[1] == Approx(std::exp(-0.5) + 0.25));
}

TEST_CASE("DPFP multiplies the rectified pair with itself rolled", "[digital]") {
  Values y(8);
  dpfp(Values{2.0F, -3.0F}, 2, 2, y, {});  // r = [2, 0, 0, 3]; rolled by 1: [3, 2, 0, 0], by 2: [0, 3, 2, 0]
  CHECK(y == Values{6.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F});
  dpfp(Values{2.0F, 5.0F}, 2, 2, y, {});  // r = [2, 5, 0, 0]; [0, 2, 5, 0], [0, 0, 2, 5]
  CHECK(y == Values{0.0F, 10.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F});
  Values wide(12);
  dpfp(Values{1.0F, -2.0F, 3.0F}, 3, 2, wide, {});  // r = [1, 0, 3, 0, 2, 0]
  CHECK(wide == Values{0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 2.0F, 0.0F, 3.0F, 0.0F, 6.0F, 0.0F});
}

}  // namespace mimosa
