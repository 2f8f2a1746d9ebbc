// SPDX-License-Identifier: Apache-2.0
#include "sim/run/wire_gap.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/compiler/compile.hpp"
#include "sim/engine/calibrate.hpp"
#include "sim/run/classifier.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

struct Setup {
  Network network;
  Experiment experiment;
  Program program;
  std::vector<float> images;

  explicit Setup(Network of) : network(std::move(of)) {
    experiment.chip = small_chip();
    experiment.chip.array.rows = 128;
  }
  WireGapResult gap() {
    program = compile(network, experiment.chip, {}).program;
    if (images.empty()) images = random_images(network, static_cast<std::size_t>(wire_gap_images(network)));
    const std::vector<ConverterRange> ranges =
        calibrate(network, program, experiment.chip, devices_of(experiment),
                  {.inputs = 2, .dac_percentile = 100.0, .adc_percentile = 100.0}, images);
    const Datapath chip(network, program, experiment.chip, ranges,
                        {.seed = experiment.seed, .chip = 0, .device = devices_of(experiment)});
    return wire_gap(chip, experiment, ranges, images);
  }
};

Network conv_network() {
  GraphBuilder builder;
  builder.add("conv1", OpKind::Conv2d, {.kernel = 3, .padding = 1, .out_channels = 12})
      .add("relu1", OpKind::Relu)
      .add("conv2", OpKind::Conv2d, {.kernel = 3, .padding = 1, .out_channels = 12, .bias = true})
      .add("relu2", OpKind::Relu)
      .add("flat", OpKind::Flatten)
      .add("fc", OpKind::Linear, {.out_channels = 10, .bias = true});
  return random_network(builder.build({2, 8, 8}), "small");
}

WireSpec wires(WireLevel level, double ohm) {
  return {.level = level, .word_ohm = ohm, .bit_ohm = ohm};
}

}  // namespace

TEST_CASE("the gap of a column of equal cells at equal inputs is the published one", "[wires]") {
  // 128 cells of 25 uS, 1 ohm along the bit line: exact 0.881407 of the ideal current, aihwkit's series
  // 0.884230 (reference figures of tests/oracle/wires_test.cpp).
  GraphBuilder builder;
  builder.add("fc", OpKind::Linear, {.out_channels = 10});
  Setup setup(random_network(builder.build({128, 1, 1}), "even"));
  for (auto& [name, tensor] : setup.network.tensors) std::fill(tensor.data.begin(), tensor.data.end(), 0.5F);
  setup.images.assign(128 * static_cast<std::size_t>(wire_gap_images(setup.network)), 1.0F);
  setup.experiment.chip.analog.wires = {.level = WireLevel::Ideal, .word_ohm = 0.0, .bit_ohm = 1.0};
  const LayerWireGap ideal = setup.gap().layers.at(0);
  CHECK(ideal.gap.rms == Approx((1.0 - 0.881407) / 0.881407).epsilon(1e-5));
  CHECK(ideal.gap.largest == Approx(ideal.gap.rms).epsilon(1e-5));
  CHECK(ideal.gap.sums == 40);
  // The ADC's range is the largest ideal sum: 127 steps.
  CHECK(ideal.gap.rms_steps == Approx(127.0 * (1.0 - 0.881407)).epsilon(1e-4));
}

TEST_CASE("the exact level has no gap, the ideal one a gap that grows with the resistance", "[wires]") {
  Setup setup(conv_network());
  setup.experiment.device = noisy_pcm();
  const bool bent = GENERATE(false, true);
  const InputKind input = GENERATE(InputKind::Voltage, InputKind::PulseWidth);
  setup.experiment.chip.analog.dac.input = input;
  if (bent) {
    setup.experiment.device.g_min_us = 5.0;
    setup.experiment.device.iv.law = IvLaw::Cubic;
    setup.experiment.device.iv.n2 = {};
    setup.experiment.device.iv.n3 = {2e-5};
  }
  const auto gaps = [&](WireLevel level, double ohm) {
    setup.experiment.chip.analog.wires = wires(level, ohm);
    std::vector<double> rms;
    for (const LayerWireGap& layer : setup.gap().layers) {
      CHECK(layer.gap.sums > 0);
      rms.push_back(layer.gap.rms);
    }
    REQUIRE(rms.size() == 3);
    return rms;
  };
  CAPTURE(bent, input == InputKind::Voltage);
  const auto small = gaps(WireLevel::Ideal, 0.1), twice = gaps(WireLevel::Ideal, 0.2);
  for (std::size_t s = 0; s < 3; ++s) {
    CHECK(small[s] > 1e-5);
    CHECK(twice[s] == Approx(2.0 * small[s]).epsilon(0.02));
  }
  const auto exact = gaps(WireLevel::Exact, 0.2);
  // Pulse widths of bent cells: chords at the full voltage.
  for (std::size_t s = 0; s < 3; ++s)
    CHECK(exact[s] < (bent && input == InputKind::PulseWidth ? 0.2 * twice[s] : 1e-6));
}

TEST_CASE("the sample of columns is addressed by the seed", "[wires]") {
  Setup setup(conv_network());
  setup.experiment.device = noisy_pcm();
  setup.experiment.chip.analog.wires = wires(WireLevel::Ideal, 1.0);
  const auto first = setup.gap().layers, again = setup.gap().layers;
  for (std::size_t s = 0; s < first.size(); ++s) CHECK(first[s].gap.rms == again[s].gap.rms);
  setup.experiment.seed = 2;
  CHECK(setup.gap().layers[0].gap.rms != first[0].gap.rms);
}

TEST_CASE("without a resistance, or a meaning, the report says so", "[wires]") {
  Setup setup(conv_network());
  CHECK(setup.gap().why == "no resistance given");
  CHECK(setup.gap().layers.empty());
  setup.experiment.chip.analog.wires = wires(WireLevel::Ideal, 1.0);
  setup.experiment.chip.analog.wires.topology = WireTopology::SeparateSource;
  CHECK(setup.gap().why.rfind("chip.wires.topology: separate_source", 0) == 0);
}
