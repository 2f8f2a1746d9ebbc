// SPDX-License-Identifier: Apache-2.0
#include "models/base/random.hpp"

#include <Random123/philox.h>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/normals_template.hpp"
#include "models/base/vector_portable.hpp"
#include "tests/support/forced_kernel_path.hpp"

using namespace mimosa;

namespace {

using Floats = std::vector<float>;
constexpr std::size_t many = 1U << 21;

Floats normals_of(std::uint64_t key, std::uint32_t pass, std::uint32_t mvm, std::uint32_t first,
                  std::size_t size) {
  Floats out(size);
  normals(key, pass, mvm, first, out);
  return out;
}

/// Word `index` of the sequence, by the reference library.
std::uint32_t reference_word(std::uint64_t key, std::uint32_t pass, std::uint32_t mvm, std::uint64_t index) {
  const r123::Philox4x32::ctr_type counter = {{static_cast<std::uint32_t>(index / 4), mvm, pass, 0}};
  const r123::Philox4x32::key_type words = {
      {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}};
  return r123::Philox4x32()(counter, words)[index % 4];
}

bool same_bytes(const Floats& a, const Floats& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

/// Mean of f over the values.
template <class F>
double mean_of(const Floats& values, const F& f) {
  double sum = 0.0;
  for (const float v : values) sum += f(static_cast<double>(v));
  return sum / static_cast<double>(values.size());
}

double correlation(const Floats& a, const Floats& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum / static_cast<double>(a.size());
}

/// √n times the largest gap between the sample's and a distribution.
template <class Cdf>
double kolmogorov_smirnov(Floats values, const Cdf& cdf) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double gap = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double p = cdf(static_cast<double>(values[i])), below = static_cast<double>(i) / n;
    gap = std::max({gap, p - below, below + 1.0 / n - p});
  }
  return std::sqrt(n) * gap;
}

}  // namespace

TEST_CASE("Philox gives Random123's known answers", "[base]") {
  struct Known {
    std::uint32_t counter[4];
    std::uint64_t key;
    std::uint32_t answer[4];
  };
  // kat_vectors of Random123 1.14, philox4x32 with 10 rounds.
  const Known known[] = {{{0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
                         {{~0U, ~0U, ~0U, ~0U}, ~0ULL, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
                         {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                          0x299f31d0a4093822,
                          {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};
  for (const auto& k : known) {
    std::uint32_t word[4];
    std::copy(std::begin(k.counter), std::end(k.counter), word);
    philox<PortableVector>(k.key, word);
    CHECK(std::equal(std::begin(word), std::end(word), k.answer));
  }
}

TEST_CASE("normals are Box and Muller's transform of Random123's words on every path", "[base]") {
  const std::uint64_t key = 0x0123456789ABCDEFU;
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    for (const std::uint32_t first : {0U, 0xFFFFFFF0U}) {  // the index of a long read does not wrap
      const auto values = normals_of(key, 7, 9, first, 100000);
      double worst = 0.0;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint64_t index = first + std::uint64_t{i}, pair = index - index % 2;
        const double u = (static_cast<double>(reference_word(key, 7, 9, pair)) + 0.5) * 0x1p-32;
        const double radius = std::sqrt(-2.0 * std::log(u));
        const double angle = 2.0 * M_PI * 0x1p-32 * static_cast<double>(reference_word(key, 7, 9, pair + 1));
        const double exact = radius * (index % 2 == 0 ? std::cos(angle) : std::sin(angle));
        // Near u = 1 the float u has an absolute error of 2^-25, which moves the radius by that over the
        // radius.
        const double tolerance = 0x1p-22 * radius + 0x1p-24 / radius;
        worst = std::max(worst, std::fabs(static_cast<double>(values[i]) - exact) / tolerance);
      }
      CHECK(worst < 1.0);
      CHECK(worst > 0.1);  // the tolerance is not slack by more than three bits
    }
  }
}

TEST_CASE("any slice of normals has the bytes of the whole run, on every path", "[base]") {
  const auto whole = normals_of(42, 3, 5, 0, 400);
  for (const auto path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    for (const std::uint32_t first : {0U, 1U, 2U, 3U, 4U, 17U, 64U, 130U}) {
      for (std::size_t size = 0; size <= 200; ++size) {
        const Floats expected(whole.begin() + first, whole.begin() + first + static_cast<long>(size));
        INFO(to_string(path) << ", first " << first << ", size " << size);
        CHECK(same_bytes(normals_of(42, 3, 5, first, size), expected));
      }
    }
  }
}

TEST_CASE("all paths agree on the bytes of many normals", "[base]") {
  const auto run = [](KernelPath path) {
    const ForcedKernelPath forced(path);
    return normals_of(0xDEADBEEFCAFEF00DU, 1, 2, 0, many);
  };
  const auto portable = run(KernelPath::Portable);
  for (const auto path : available_kernel_paths()) CHECK(same_bytes(run(path), portable));
}

// Bounds are 5 standard errors (false alarm 6e-7 each); the Kolmogorov-Smirnov ones 2 exp(-2 · 2.7²) = 9e-7.
TEST_CASE("normals have the moments and the distribution of the standard normal", "[base]") {
  const double n = many;
  const auto values = normals_of(0x9E3779B97F4A7C15U, 0, 0, 0, many);
  CHECK(std::fabs(mean_of(values, [](double v) { return v; })) < 5.0 / std::sqrt(n));
  CHECK(std::fabs(mean_of(values, [](double v) { return v * v; }) - 1.0) < 5.0 * std::sqrt(2.0 / n));
  CHECK(std::fabs(mean_of(values, [](double v) { return v * v * v; })) < 5.0 * std::sqrt(15.0 / n));
  CHECK(std::fabs(mean_of(values, [](double v) { return v * v * v * v; }) - 3.0) < 5.0 * std::sqrt(96.0 / n));
  CHECK(kolmogorov_smirnov(values, [](double v) { return 0.5 * std::erfc(-v / std::sqrt(2.0)); }) < 2.7);
  const double share = std::erfc(4.0 / std::sqrt(2.0));
  const double tail = mean_of(values, [](double v) { return std::fabs(v) > 4.0 ? 1.0 : 0.0; });
  CHECK(std::fabs(tail - share) < 5.0 * std::sqrt(share / n));
}

TEST_CASE("normals of neighbouring addresses are uncorrelated", "[base]") {
  const double bound = 5.0 / std::sqrt(static_cast<double>(many));  // false alarm 6e-7 each
  const auto base = normals_of(1000, 10, 20, 0, many);
  for (const std::uint32_t lag : {1U, 2U, 3U, 4U, 64U}) {
    CHECK(std::fabs(correlation(base, normals_of(1000, 10, 20, lag, many))) < bound);
  }
  CHECK(std::fabs(correlation(base, normals_of(1000, 10, 21, 0, many))) < bound);
  CHECK(std::fabs(correlation(base, normals_of(1000, 11, 20, 0, many))) < bound);
  CHECK(std::fabs(correlation(base, normals_of(1001, 10, 20, 0, many))) < bound);
  CHECK(std::fabs(correlation(base, normals_of(1000 + (1ULL << 32), 10, 20, 0, many))) < bound);
  // The same index across MVMs, as the reads of one column are drawn.
  Floats column(100000), next(100000);
  for (std::uint32_t i = 0; i < 100000; ++i) {
    column[i] = normals_of(1000, 0, i, 5, 1)[0];
    next[i] = normals_of(1000, 0, i + 1, 5, 1)[0];
  }
  CHECK(std::fabs(correlation(column, next)) < 5.0 / std::sqrt(1e5));
  CHECK(std::fabs(mean_of(column, [](double v) { return v * v; }) - 1.0) < 5.0 * std::sqrt(2.0 / 1e5));
}

TEST_CASE("uniforms are Random123's words scaled into the open unit interval", "[base]") {
  Floats values(1000000);
  uniforms(77, 1, 2, 3, values);
  for (std::size_t i = 0; i < 1000; ++i) {
    const double exact = (static_cast<double>(reference_word(77, 1, 2, 3 + i)) + 0.5) * 0x1p-32;
    CHECK(std::fabs(static_cast<double>(values[i]) - exact) <= 0x1p-23 * exact);
  }
  CHECK(std::all_of(values.begin(), values.end(), [](float v) { return v > 0.0F && v < 1.0F; }));
  CHECK(kolmogorov_smirnov(values, [](double v) { return v; }) < 2.7);  // false alarm 9e-7
}

TEST_CASE("a word that rounds to one gives a uniform below one", "[base]") {
  REQUIRE(reference_word(1, 0, 0, 77404625) > 0xFFFFFF7FU);
  Floats value(1);
  uniforms(1, 0, 0, 77404625, value);
  CHECK(value[0] == 0x1.FFFFFEp-1F);
}

// Computed by an independent program: FNV-1a of the layer, then a SplitMix64 step per part.
TEST_CASE("a random key is what its documentation says", "[base]") {
  CHECK(random_key({.seed = 1, .chip = 0, .layer = "conv1", .replica = 0, .part = 0}, Effect::Programming) ==
        0xDAA88058F67D6123U);
  CHECK(random_key({.seed = 99, .chip = 3, .layer = "blocks.2.fc", .replica = 1, .part = 7},
                   Effect::ReadNoise) == 0x3E128D8ACF6A562CU);
}

TEST_CASE("every part of a site and the effect change the key, and keys do not collide", "[base]") {
  const std::string_view layers[] = {"", "a", "b", "ab", "conv1", "conv2"};
  constexpr std::uint32_t sites = 6 * 6 * 6 * 6 * 6 * 6;
  std::set<std::uint64_t> keys;
  for (std::uint32_t i = 0; i < sites; ++i) {
    const auto digit = [i](std::uint32_t place) { return i / place % 6; };
    const RandomSite site{digit(1), digit(6), layers[digit(36)], digit(216), digit(1296)};
    keys.insert(random_key(site, static_cast<Effect>(digit(7776) + 1)));
  }
  CHECK(keys.size() == sites);
}
