// SPDX-License-Identifier: Apache-2.0
// A bundle of N slots in integers: as every value, wider, or with fewer fraction bits.
#include <algorithm>
#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "hw/program/value_format.hpp"
#include "models/base/format.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/engine/functional.hpp"
#include "sim/run/timed_engine.hpp"
#include "sim/run/validity.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

constexpr int channels = 4, slots = 4;

/// Keys that bind to the value itself, so that a bundle is the plain sum of the slots.
Network sum_of_slots() {
  Network network = random_network(GraphBuilder()
                                       .add("bind", OpKind::Bind)
                                       .add("bundle", OpKind::Bundle)
                                       .build({channels, 1, 1}, slots, slots),
                                   "sum");
  network.slots = network.inputs_per_pass = slots;
  std::vector<float>& keys = network.tensors.at("bind.keys").data;
  std::fill(keys.begin(), keys.end(), 0.0F);
  for (std::size_t j = 0; j < slots; ++j) keys[j * channels] = 1.0F;
  return network;
}

ChipSpec int16_chip(BundleFormat bundle) {
  ChipSpec chip = small_chip();
  chip.vector.format = NumberFormat::Int16;
  chip.vector.fraction_bits = 8;
  chip.vector.bundle = bundle;
  chip.analog.dac.bits = 16;
  chip.analog.dac.input = InputKind::Voltage;
  chip.analog.adc.bits = 24;
  return chip;
}

/// The bundle of four equal slots, by both engines.
std::vector<float> bundle_of(const std::vector<float>& slot, BundleFormat bundle, BindingPlace binding) {
  const Network network = sum_of_slots();
  const ChipSpec chip = int16_chip(bundle);
  CompilerOptions options;
  options.binding = binding;
  const Program program = compile(network, chip, options).program;
  const std::vector<ConverterRange> ranges(program.stages.size(), ConverterRange{.dac = 128.0, .adc = {8.0}});
  const Datapath datapath(network, program, chip, ranges,
                          {.seed = 1, .chip = 0, .device = [](const std::string&) { return DeviceSpec{}; }});
  std::vector<float> inputs;
  for (int j = 0; j < slots; ++j) inputs.insert(inputs.end(), slot.begin(), slot.end());
  const auto functional = run_functional(datapath, chip, inputs, {.progress = {}, .inspect = {}}).outputs;
  const auto timed =
      run_timed(
          program, chip,
          {.passes = 1, .stop_when_steady = false, .datapath = &datapath, .inputs = inputs, .inspect = {}})
          .outputs;
  CHECK(functional == timed);
  return functional;
}

}  // namespace

TEST_CASE("fixed point of any width saturates at its ends", "[bundle]") {
  std::vector<float> x = {511.99F, 512.0F, -600.0F, 0.00390625F, 0.0019F};
  round_to_fixed_point(18, 8, x);
  CHECK(x == std::vector<float>{511.98828125F, 511.99609375F, -512.0F, 0.00390625F, 0.0F});
}

TEST_CASE("a bundle saturates as every value, or has the bits or the step for N slots", "[bundle]") {
  const float step = 1.0F / 256.0F;
  const std::vector<float> slot = {100.0F, -100.0F, 3.0F * step, 10.0F + step};
  const std::vector<float> sum = {400.0F, -400.0F, 12.0F * step, 40.0F + 4.0F * step};
  for (const BundleFormat format : {BundleFormat::Wider, BundleFormat::Requantise}) {
    CHECK(bundle_of(slot, format, BindingPlace::Digital) == sum);
    // Transforms round each step; a requantised result is a multiple of four steps.
    const float bound = format == BundleFormat::Wider ? 3.0F * step : 5.0F * step;
    const std::vector<float> by_fft = bundle_of(slot, format, BindingPlace::Fft);
    for (std::size_t i = 0; i < sum.size(); ++i) CHECK(std::fabs(by_fft[i] - sum[i]) <= bound);
  }
  CHECK(bundle_of(slot, BundleFormat::Same, BindingPlace::Digital) ==
        std::vector<float>{128.0F - step, -128.0F, 12.0F * step, 40.0F + 4.0F * step});
  // Arrays add the slots before they are rounded; inputs of 16 bits, results within a step of 2^-24 of the
  // range.
  const auto wide = bundle_of(slot, BundleFormat::Wider, BindingPlace::Crossbar),
             same = bundle_of(slot, BundleFormat::Same, BindingPlace::Crossbar);
  CHECK(wide[0] == Approx(400.0F).margin(0.02));
  CHECK(wide[1] == Approx(-400.0F).margin(0.02));
  CHECK(same[0] == 128.0F - step);
  CHECK(same[1] == -128.0F);
}

TEST_CASE("a requantised bundle is rounded to its coarser step once, at the end", "[bundle]") {
  const Network network = sum_of_slots();
  const ChipSpec chip = int16_chip(BundleFormat::Requantise);
  const VectorSpec& vector = chip.vector;
  const Graph& graph = network.graph;
  const Node& bundle = graph.output();
  CHECK(working_format(graph, bundle, vector).more_bits == 2);
  CHECK(working_format(graph, bundle, vector).fraction_bits == 8);
  CHECK(stored_format(graph, bundle, vector).more_bits == 0);
  CHECK(stored_format(graph, bundle, vector).fraction_bits == 6);
  // Slots of one step each add up to one step of the bundle; rounded one by one they would be lost.
  const float step = 1.0F / 256.0F;
  const auto sum =
      bundle_of({step, 0.0F, 101.0F * step, 0.0F}, BundleFormat::Requantise, BindingPlace::Digital);
  CHECK(sum == std::vector<float>{4.0F * step, 0.0F, 404.0F * step, 0.0F});
}

TEST_CASE("a wider bundle takes more of buffers and links, and only a bundle does", "[bundle]") {
  for (const auto& [n, bits] :
       {std::pair{1, 0}, std::pair{2, 1}, std::pair{3, 2}, std::pair{4, 2}, std::pair{5, 3}}) {
    const Graph graph = GraphBuilder()
                            .add("bind", OpKind::Bind)
                            .add("bundle", OpKind::Bundle)
                            .add("relu", OpKind::Relu)
                            .build({16, 1, 6}, n, n);
    const VectorSpec wider = int16_chip(BundleFormat::Wider).vector;
    CHECK(bundle_bits(graph, graph.nodes[2], wider) == bits);
    CHECK(stored_row_bytes(graph, graph.nodes[1], wider) == 192);
    CHECK(stored_row_bytes(graph, graph.nodes[2], wider) == 96 * (16 + bits) / 8);
    CHECK(stored_row_bytes(graph, graph.nodes[3], wider) == 192);
    CHECK(stored_row_bytes(graph, graph.nodes[2], int16_chip(BundleFormat::Requantise).vector) == 192);
    VectorSpec fp16 = wider;
    fp16.format = NumberFormat::Fp16;
    CHECK(stored_row_bytes(graph, graph.nodes[2], fp16) == 192);
  }
  // The addition reads the bundle beside the convolution's result.
  const Network network =
      random_network(GraphBuilder()
                         .add("bind", OpKind::Bind)
                         .add("bundle", OpKind::Bundle)
                         .add("conv", OpKind::Conv2d, {.kernel = 3, .padding = 1, .out_channels = 16})
                         .add("add", OpKind::Add, {}, {"bundle", "conv"})
                         .build({16, 6, 6}, 4, 4),
                     "skip");
  const auto program_of = [&](BundleFormat bundle) {
    return compile(network, int16_chip(bundle), {}).program;
  };
  const Program same = program_of(BundleFormat::Same), wider = program_of(BundleFormat::Wider);
  REQUIRE(same.channels.size() == wider.channels.size());
  int grown = 0;
  for (std::size_t c = 0; c < same.channels.size(); ++c) {
    const bool bundle = same.channels[c].node == "bundle" &&
                        same.tasks[static_cast<std::size_t>(same.channels[c].to)].kind == TaskKind::Vector;
    CHECK(wider.channels[c].row_bytes == (bundle ? 216 : same.channels[c].row_bytes));
    grown += bundle ? 1 : 0;
  }
  CHECK(grown > 0);
  const ChipSpec chip = int16_chip(BundleFormat::Wider);
  const Counts a = counts_per_pass(same, chip), b = counts_per_pass(wider, chip);
  CHECK(b.buffer_write_bytes - a.buffer_write_bytes == 6 * 24 * 2);  // made, and received by the addition
  CHECK(b.buffer_read_bytes - a.buffer_read_bytes == 6 * 24);
}

TEST_CASE("the table of effects says where the format of a bundle has no meaning", "[bundle]") {
  const Network network = small_mimoconv(2, 2), one = small_mimoconv(1, 1);
  const auto state = [&](const Network& of, const ChipSpec& chip) {
    const auto rows = bundle_validity(of.graph, compile(of, chip, {}).program, chip.vector);
    return rows.empty() ? std::string() : rows.at(0).layer + ": " + rows.at(0).state;
  };
  ChipSpec chip = int16_chip(BundleFormat::Wider);
  CHECK(state(network, chip) == "bundle: applied: 17 bits");
  CHECK(state(one, chip) == "bundle: not applicable: a bundle of one slot");
  chip.vector.bundle = BundleFormat::Requantise;
  CHECK(state(network, chip) == "bundle: applied: 1 fraction bits fewer");
  chip.vector.format = NumberFormat::Fp16;
  CHECK(state(network, chip) == "bundle: not applicable: fp16 values have an exponent");
  chip.vector.bundle = BundleFormat::Same;
  CHECK(state(network, chip).empty());
}
