// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "hw/program/interval.hpp"
#include "models/base/error.hpp"
#include "models/mimo/mimoconv.hpp"
#include "sim/compiler/compile.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using Catch::Matchers::Contains;

namespace mimosa {
namespace {

CompilerOptions bound(BindingPlace place) {
  CompilerOptions options;
  options.binding = place;
  return options;
}

/// Work of the stage that holds a node.
VectorWork work_at(const Network& network, const std::string& node, BindingPlace place) {
  const ChipSpec chip = small_chip();
  for (const Stage& stage : partition(network.graph, chip, bound(place)).stages)
    if (std::find(stage.digital.begin(), stage.digital.end(), node) != stage.digital.end())
      return vector_work(network.graph, stage, chip);
  FAIL("no stage computes " << node);
  return {};
}

/// Stem of 48 channels.
Network not_a_power_of_two() {
  Network network;
  network.name = "n48";
  network.slots = network.inputs_per_pass = 2;
  network.graph = mimoconv({.slots = 2,
                            .inputs_per_pass = 2,
                            .width = 1,
                            .initial_width = 3,
                            .blocks = {1, 1},
                            .stem_stride = 2,
                            .input = {1, 8, 8},
                            .classes = 10});
  return network;
}

}  // namespace

// 16 channels: a transform takes 60 additions and 20 multiplications, a product 14 and 30; rows of 6
// positions on 16 lanes. Directly: 16 multiply-adds for each of 16 channels.
TEST_CASE("binding by Fourier transform costs its additions and multiplications", "[binding]") {
  const Network network = small_mimoconv(2, 2);
  const VectorWork direct = work_at(network, "bind", BindingPlace::Digital),
                   fft = work_at(network, "bind", BindingPlace::Fft);
  CHECK(fft.adds - direct.adds == 6 * (60 + 14 - 256));
  CHECK(fft.muls - direct.muls == 6 * (20 + 30 - 256));
  CHECK(fft.cycles - direct.cycles == 47 - 96);  // ⌈6 · 124 / 16⌉, 6 · 256 / 16
  CHECK(fft.read_bytes == direct.read_bytes);
  CHECK(fft.write_bytes == direct.write_bytes);
  const VectorWork sum = work_at(network, "bundle", BindingPlace::Digital),
                   back = work_at(network, "bundle", BindingPlace::Fft);
  CHECK(back.adds - sum.adds == 6 * 60);
  CHECK(back.muls - sum.muls == 6 * 20);
  CHECK(back.cycles - sum.cycles == 30);
}

TEST_CASE("automatic binding keeps the form with the fewest cycles, then the least energy", "[binding]") {
  const Network network = small_mimoconv(4, 4);
  ChipSpec chip = small_chip();
  const auto choose = [&] {
    const Compilation c = compile(network, chip, bound(BindingPlace::Auto));
    REQUIRE(c.binding);
    REQUIRE(c.binding->forms.size() == 3);
    for (const BindingForm& form : c.binding->forms) {
      const Program program = compile(network, chip, bound(form.place)).program;
      double joules = 0.0;
      for (const auto& [component, part] : energy_by_component(counts_per_pass(program, chip), chip))
        joules += part;
      CHECK(form.refused.empty());
      CHECK(form.cycles_per_pass == busiest_task_cycles(program, chip));
      CHECK(form.energy_per_pass_j == Approx(joules).epsilon(1e-12));
      CHECK(form.conversions_per_pass == counts_per_pass(program, chip).conversions);
      if (form.place == c.binding->chosen) CHECK(program == c.program);
    }
    return c.binding->chosen;
  };
  chip.mvm.latency_ns = chip.mvm.interval_ns = 1000.0;  // slow arrays: the fewest MVMs and replicas to share
  chip.vector.lanes = 4096;
  CHECK(choose() != BindingPlace::Crossbar);
  chip.vector.lanes = 1;  // a slow vector unit
  chip.mvm.latency_ns = chip.mvm.interval_ns = 1.0;
  CHECK(choose() == BindingPlace::Crossbar);
  BindingForm a{.refused = {}, .cycles_per_pass = 10, .energy_per_pass_j = 2.0}, b = a;
  b.energy_per_pass_j = 1.0;
  CHECK(is_cheaper(b, a));
  b.cycles_per_pass = 11;
  CHECK(is_cheaper(a, b));
  CHECK_FALSE(is_cheaper(a, a));
}

TEST_CASE("a form that cannot be had is left out, with the reason", "[binding]") {
  const Network network = not_a_power_of_two();
  const char* why =
      "node bind: binding by Fourier transform needs a power of two of channels, not 48; use "
      "compiler.binding: digital or crossbar";
  CHECK_THROWS_WITH(compile(network, small_chip(), bound(BindingPlace::Fft)),
                    std::string("network n48: ") + why);
  const Compilation c = compile(network, small_chip(), bound(BindingPlace::Auto));
  CHECK(c.binding->chosen != BindingPlace::Fft);
  CHECK(c.binding->forms.back().refused == why);
  ChipSpec tiny = small_chip();
  tiny.mesh = {.rows = 1, .cols = 1};
  CHECK_THROWS_WITH(compile(network, tiny, bound(BindingPlace::Auto)),
                    Contains("more than the 1 of the chip"));
}

TEST_CASE("a network that binds nothing has no form to choose", "[binding]") {
  Graph graph = mimoconv({.slots = 1,
                          .inputs_per_pass = 1,
                          .width = 1,
                          .initial_width = 1,
                          .blocks = {1, 1},
                          .stem_stride = 2,
                          .input = {1, 8, 8},
                          .classes = 10});
  Network network;
  for (Node& node : graph.nodes)
    if (node.op == OpKind::Bind || node.op == OpKind::Bundle || node.op == OpKind::Merge)
      node.op = OpKind::Relu;
  network.graph = graph;
  infer_shapes(network.graph, graph.nodes.front().shape, 1, 1);
  const Compilation c = compile(network, small_chip(), bound(BindingPlace::Auto));
  CHECK_FALSE(c.binding);
  CHECK(c.program == compile(network, small_chip(), {}).program);
}

}  // namespace mimosa
