// SPDX-License-Identifier: Apache-2.0
// Additions, multiplications and look-ups of the vector units in networks of attention, against the table of
// docs/attention.md, summed up here by hand.
#include <string>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "models/mimo/mimoformer.hpp"
#include "sim/compiler/compile.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"
#include "tests/support/small_former.hpp"

namespace mimosa {
namespace {

struct Work {
  std::int64_t adds = 0, muls = 0, specials = 0;
  void add(std::int64_t elements, std::int64_t a, std::int64_t m, std::int64_t s = 0) {
    adds += elements * a;
    muls += elements * m;
    specials += elements * s;
  }
  void norm(std::int64_t rows, std::int64_t channels) {
    add(rows * channels, 4, 3);
    add(rows, 0, 0, 1);
  }
};

/// Every matrix fits one array; its results are scaled and shifted, and what its digits cost is added.
struct Matrices {
  Work& work;
  std::int64_t of_digits;
  void operator()(std::int64_t results) const { work.add(results, 1 + of_digits, 1); }
};

void linear_attention(Work& work, const Matrices& matrix, const FormerOptions& o, std::int64_t s) {
  const std::int64_t m = o.grid.m, n = o.grid.n, g = m * n, l = o.length, w = o.heads * o.head_channels;
  matrix(3 * g * l * w);
  if (g > 1) work.add(3 * g * l * w, 0, 1);  // signs
  work.add(n * l * w, m - 1, 1);             // bundles of queries, scaled
  work.add(m * l * w, n - 1, 1);             // of keys
  if (g > 1) work.add(m * l * w, n - 1, 1);  // of values
  const std::int64_t r = o.map == FeatureMap::Dpfp ? 2 * o.nu * o.head_channels : o.features;
  const std::int64_t q = n * l * o.heads * r, k = m * l * o.heads * r;
  if (o.map == FeatureMap::Dpfp) {
    work.add(q + k, 0, 1);
  } else {
    matrix(q + k);
  }
  if (o.map == FeatureMap::Relu) work.add(q + k, 2, 0);
  if (o.map == FeatureMap::Exp) {
    work.add(q, 3, 0, 1);
    work.add(k, 2, 0, 1);
    work.add(m * l * w, 1, 1);  // norms of keys
  }
  work.add(k, 1, 0);                   // sums of features
  work.add(s * l * w, 0, 1);           // quotients
  work.add(s * l * o.heads, 0, 0, 1);  // reciprocals of denominators
}

void softmax_attention(Work& work, const Matrices& matrix, const FormerOptions& o) {
  const std::int64_t l = o.length, w = o.heads * o.head_channels;
  matrix(3 * l * w);
  work.add(l * l * o.heads, 3, 1, 1);
  work.add(l * w, 0, 1);
  work.add(l * o.heads, 0, 0, 1);
}

Work expected(const FormerOptions& o, bool softmax, std::int64_t of_digits) {
  Work work;
  const Matrices matrix{work, of_digits};
  const std::int64_t m = o.grid.m, n = o.grid.n, g = m * n, l = o.length, d = o.channels, f = o.hidden;
  const bool pooled = o.sharing == Sharing::AttentionAndMlp && g > 1;
  const std::int64_t s = pooled ? n : g;
  work.add(g * l * d, 1, 0);  // token and position
  for (int layer = 0; layer < o.layers; ++layer) {
    work.norm(g * l, d);
    if (softmax)
      softmax_attention(work, matrix, o);
    else
      linear_attention(work, matrix, o, s);
    matrix(s * l * d);  // W_o, whose converters turn the signs of (att.)
    if (pooled) {
      work.add(g * l * d, 0, 1);      // skip, bound
      work.add(n * l * d, m - 1, 1);  // and bundled
      work.add(g * l * d, 0, 1);      // unbound
    }
    work.add(s * l * d, 2, 0);  // two residual sums
    work.norm(s * l, d);
    matrix(s * l * (f + d));
    work.add(s * l * f, 1, 0);  // ReLU
  }
  work.norm(g * l, d);
  matrix(g * o.classes);
  return work;
}

void check(const FormerOptions& o, bool softmax) {
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = 10, .cols = 10};
  chip.matrix.macs_per_cycle = 16;
  const Network network = random_network(softmax ? softmax_transformer(o) : mimoformer(o), "former");
  const Counts counts = counts_per_pass(compile(network, chip, {.replicate = false}).program, chip);
  const Work work = expected(o, softmax, adds_per_column(chip.analog));
  CAPTURE(o.grid.m, o.grid.n, static_cast<int>(o.sharing), static_cast<int>(o.map), softmax);
  CHECK(counts.adds == work.adds);
  CHECK(counts.muls == work.muls);
  CHECK(counts.specials == work.specials);
  CHECK(energy_by_component(counts, chip).at("vector") ==
        Approx((static_cast<double>(work.adds) * chip.vector.add_pj +
                static_cast<double>(work.muls) * chip.vector.mul_pj +
                static_cast<double>(work.specials) * chip.vector.special_pj) *
               1e-12)
            .epsilon(1e-12));
}

}  // namespace

TEST_CASE("vector units of attention do what the table of operations says", "[attention]") {
  for (const FeatureMap map : {FeatureMap::Relu, FeatureMap::Exp, FeatureMap::Dpfp})
    for (const Grid grid : {Grid{1, 1}, Grid{2, 2}, Grid{2, 3}, Grid{4, 4}})
      for (const Sharing sharing : {Sharing::Attention, Sharing::AttentionAndMlp}) {
        FormerOptions o = small_former(grid);
        o.map = map;
        o.sharing = sharing;
        check(o, false);
      }
  check(small_former({1, 1}), true);
}

}  // namespace mimosa
