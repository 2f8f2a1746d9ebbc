// SPDX-License-Identifier: Apache-2.0
// What a report says of attention, against closed forms of the MIMONets specification (Menet et al., NeurIPS
// 2023) per layer and grid of G = M·N sequences.
#include "sim/run/attention_work.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "models/mimo/mimoformer.hpp"
#include "sim/compiler/compile.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"
#include "tests/support/small_former.hpp"

namespace mimosa {
namespace {

/// Every layer fits one array of 64 × 64.
ChipSpec chip_of_attention() {
  ChipSpec chip = small_chip();
  chip.mesh = {.rows = 10, .cols = 10};
  chip.matrix.macs_per_cycle = 16;
  return chip;
}

struct Case {
  Grid grid;
  Sharing sharing;
};

}  // namespace

TEST_CASE("MACs, matrix energy and cycles of attention per sequence are those of the closed forms",
          "[attention]") {
  for (const SignPlace signs : {SignPlace::Digital, SignPlace::Crossbar})
    for (const Case& c : {Case{{1, 1}, Sharing::Attention}, Case{{2, 2}, Sharing::Attention},
                          Case{{4, 4}, Sharing::Attention}, Case{{2, 2}, Sharing::AttentionAndMlp},
                          Case{{4, 4}, Sharing::AttentionAndMlp}, Case{{2, 3}, Sharing::AttentionAndMlp}}) {
      FormerOptions o = small_former(c.grid);
      o.sharing = c.sharing;
      const Network network = random_network(mimoformer(o), "former");
      const ChipSpec chip = chip_of_attention();
      const Program program = compile(network, chip, {.replicate = false, .signs = signs}).program;
      const std::optional<AttentionResult> result = attention_work(network.graph, program, chip);
      REQUIRE(result);
      const double m = c.grid.m, n = c.grid.n, g = m * n, layers = o.layers, length = o.length;
      const double d = o.channels, h = o.heads, dh = o.head_channels, r = o.features, f = o.hidden;
      const double shared = c.sharing == Sharing::AttentionAndMlp && g > 1 ? n : g;
      const double projections = 3 * g * length * d * h * dh, omega = (n + m) * length * h * dh * r;
      const double output = shared * length * h * dh * d, mlp = 2 * shared * length * d * f;
      const double arrays = layers * (projections + omega + output + mlp) + g * d * o.classes;
      const double state = m * length * h * r * dh, num = n * length * h * r * dh,
                   den = shared * length * h * r;
      CAPTURE(m, n, shared);
      CHECK(result->array_macs * g == Approx(arrays).epsilon(1e-12));
      CHECK(result->stationary_macs * g == Approx(arrays).epsilon(1e-12));
      CHECK(result->state_macs * g == Approx(layers * state).epsilon(1e-12));
      CHECK(result->numerator_macs * g == Approx(layers * num).epsilon(1e-12));
      CHECK(result->denominator_macs * g == Approx(layers * den).epsilon(1e-12));
      CHECK(result->matrix_macs * g == Approx(layers * (state + num + den)).epsilon(1e-12));
      CHECK(result->stationary_share() ==
            Approx(arrays / (arrays + layers * (state + num + den))).epsilon(1e-12));
      CHECK(result->matrix_energy_j * g ==
            Approx(layers * (state + num + den) * chip.matrix.mac_pj * 1e-12).epsilon(1e-12));
      CHECK(result->softmax_macs == 0.0);
      CHECK(result->signs == (g == 1 ? "" : signs == SignPlace::Crossbar ? "crossbar" : "digital"));
      // A position at a time is taken in (A, and the sum of the features in the vector unit), and one read
      // (num and den; a reciprocal a row and head, a product an element; the converters before W_o turn the
      // signs of (att.)).
      const auto up = [](double a, double b) { return std::ceil(a / b); };
      const double macs = chip.matrix.macs_per_cycle, lanes = chip.vector.lanes;
      const double taken = chip.vector.latency_cycles + up(m * h * r * dh, macs) + up(m * h * r, lanes);
      const double read = chip.vector.latency_cycles + up(h * r * (n * dh + shared), macs) +
                          shared * up(h, lanes) + up(shared * h * dh, lanes);
      CHECK(result->matrix_cycles * g == Approx(length * (taken + read)).epsilon(1e-12));
      // 20 cycles an MVM: one a head for features of every bundle, one a sequence (copies: a bundle)
      // elsewhere.
      const double vectors = signs == SignPlace::Digital ? g : shared;
      CHECK(result->array_cycles * g ==
            Approx(20.0 * length * std::max(vectors, h * std::max(m, n))).epsilon(1e-12));
    }
}

TEST_CASE("softmax attention executes masked pairs too; a network without attention has no such part",
          "[attention]") {
  FormerOptions o = small_former({1, 1});
  o.mask = Mask::Causal;
  const Network network = random_network(softmax_transformer(o), "softmax");
  const ChipSpec chip = chip_of_attention();
  const auto result = attention_work(network.graph, compile(network, chip, {}).program, chip);
  REQUIRE(result);
  const double each = 2.0 * o.layers * o.heads * 2 * o.head_channels / 2.0;  // q·k and the sum of v
  CHECK(result->softmax_macs == each * (o.length * (o.length + 1) / 2));
  CHECK(result->matrix_macs == each * o.length * o.length);
  CHECK(result->state_macs == 0.0);
  CHECK(result->signs.empty());
  const Network images = small_mimoconv(2, 2);
  CHECK_FALSE(attention_work(images.graph, compile(images, small_chip(), {}).program, small_chip()));
}

}  // namespace mimosa
