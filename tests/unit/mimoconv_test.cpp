// SPDX-License-Identifier: Apache-2.0
#include "models/mimo/mimoconv.hpp"

#include <cmath>
#include <cstring>

#include <catch2/catch.hpp>

#include "models/nn/reference.hpp"
#include "tests/support/random_network.hpp"

namespace mimosa {
namespace {

/// One column of the table of counts for 32 × 32 images and 10 classes, as printed: millions.
struct Column {
  const char* name;
  Graph graph;
  double parameters, stem, bind, trunk, unbind, fc, total, per_image;
};

std::vector<Column> columns() {
  return {{"WRN-28-10", wide_resnet({}), 36.48, 0.44, 0, 5242.9, 0, .006, 5243.3, 5243.3},
          {"N=1", mimoconv({.slots = 1}), 36.98, 1.77, 4.19, 5321.5, .41, .006, 5327.9, 5327.9},
          {"N=2", mimoconv({.slots = 2}), 37.39, 3.54, 8.39, 5321.5, .82, .013, 5334.3, 2667.1},
          {"N=4", mimoconv({.slots = 4}), 38.21, 7.08, 16.78, 5321.5, 1.64, .026, 5347.0, 1336.8}};
}

double millions(std::int64_t count) {
  return static_cast<double>(count) * 1e-6;
}

double mmacs(const Graph& graph, const std::string& name) {
  const int index = graph.find(name);
  return index < 0 ? 0.0 : millions(macs_per_pass(graph, graph.nodes[static_cast<std::size_t>(index)]));
}

double trunk_mmacs(const Graph& graph) {
  double sum = 0.0;
  for (const Node& node : graph.nodes)
    if (node.name.rfind("blocks.", 0) == 0) sum += millions(macs_per_pass(graph, node));
  return sum;
}

/// Whether a value rounds to the printed one.
bool prints_as(double value, double printed, double unit) {
  return std::fabs(value - printed) <= unit / 2 + 1e-12;
}

}  // namespace

TEST_CASE("parameters of WRN-28-10 and MIMOConv agree with the table", "[mimo]") {
  for (const Column& c : columns()) {
    CAPTURE(c.name, millions(parameter_count(c.graph)));
    CHECK(prints_as(millions(parameter_count(c.graph)), c.parameters, .01));
  }
}

TEST_CASE("MACs of the stem agree with the table", "[mimo]") {
  for (const Column& c : columns()) {
    CAPTURE(c.name, mmacs(c.graph, "stem"));
    CHECK(prints_as(mmacs(c.graph, "stem"), c.stem, .01));
  }
}

TEST_CASE("MACs of binding agree with the table", "[mimo]") {
  for (const Column& c : columns()) {
    CAPTURE(c.name, mmacs(c.graph, "bind"));
    CHECK(prints_as(mmacs(c.graph, "bind"), c.bind, .01));
  }
}

TEST_CASE("MACs of the trunk agree with the table and are the same for all N", "[mimo]") {
  for (const Column& c : columns()) {
    CAPTURE(c.name, trunk_mmacs(c.graph));
    CHECK(prints_as(trunk_mmacs(c.graph), c.trunk, .1));
  }
}

TEST_CASE("MACs of unbinding and the classifier agree with the table", "[mimo]") {
  for (const Column& c : columns()) {
    CAPTURE(c.name, mmacs(c.graph, "unbind"), mmacs(c.graph, "fc"));
    CHECK(prints_as(mmacs(c.graph, "unbind"), c.unbind, .01));
    CHECK(prints_as(mmacs(c.graph, "fc"), c.fc, .001));
  }
}

TEST_CASE("MACs per pass and per image agree with the table", "[mimo]") {
  for (const Column& c : columns()) {
    const double total = millions(macs_per_pass(c.graph));
    CAPTURE(c.name, total);
    CHECK(prints_as(total, c.total, .1));
    CHECK(prints_as(total / c.graph.output().slots, c.per_image, .1));
  }
}

TEST_CASE("the ratios to WRN-28-10 agree with the table", "[mimo]") {
  const auto table = columns();
  const auto ratio = [&](std::size_t i) {
    return table[0].per_image / (millions(macs_per_pass(table[i].graph)) / table[i].graph.output().slots);
  };
  CHECK(prints_as(ratio(1), .98, .01));
  CHECK(prints_as(ratio(2), 1.97, .01));
  CHECK(prints_as(ratio(3), 3.92, .01));
}

TEST_CASE("100 classes agree with the table", "[mimo]") {
  const double parameters[] = {37.03, 37.45, 38.27}, per_image[] = {5328.0, 2667.2, 1336.8};
  for (std::size_t i = 0; i < 3; ++i) {
    const int slots = 1 << i;
    const Graph graph = mimoconv({.slots = slots, .classes = 100});
    CAPTURE(slots, parameter_count(graph), macs_per_pass(graph));
    CHECK(prints_as(millions(parameter_count(graph)), parameters[i], .01));
    CHECK(prints_as(millions(macs_per_pass(graph)) / slots, per_image[i], .1));
  }
}

TEST_CASE("the trunk's layers have the published crossbar shapes and MACs", "[mimo]") {
  const Graph graph = mimoconv({});
  const std::pair<const char*, double> layers[] = {{"blocks.0.conv1", 94.4},   {"blocks.0.conv2", 235.9},
                                                   {"blocks.0.skip.0", 10.5},  {"blocks.4.conv1", 118.0},
                                                   {"blocks.4.skip.0", 13.1},  {"blocks.8.conv1", 118.0},
                                                   {"blocks.11.conv2", 235.9}, {"blocks.8.skip.0", 13.1}};
  for (const auto& [name, printed] : layers) {
    CAPTURE(name);
    CHECK(prints_as(mmacs(graph, name), printed, .1));
  }
}

TEST_CASE("MIMONet-10 of width 2 agrees with the table of small configurations", "[mimo]") {
  const double mnist[] = {25.2, 27.1, 30.9}, cifar[] = {65.8, 71.7, 83.7};
  for (std::size_t i = 0; i < 3; ++i) {
    MimoConvOptions options{.slots = 1 << i, .width = 2, .blocks = {1, 1, 1}, .input = {1, 20, 20}};
    CAPTURE(options.slots);
    CHECK(prints_as(millions(macs_per_pass(mimoconv(options))), mnist[i], .1));
    const double parameters = millions(parameter_count(mimoconv(options)));
    CHECK(parameters >= .335);
    CHECK(parameters < .395);
    options.input = {3, 32, 32};
    CHECK(prints_as(millions(macs_per_pass(mimoconv(options))), cifar[i], .1));
  }
}

TEST_CASE("one input in all slots is bound with the sum of the keys", "[mimo][numerics]") {
  const Network four = small_mimoconv(4, 1);
  const int bundle = four.graph.find("bundle");
  const std::vector<float> image = random_images(four, 1);
  const auto bundled =
      run_reference(four, pass_inputs(four, image, 1), 1, true)[static_cast<std::size_t>(bundle)];

  Network one = small_mimoconv(1, 1);
  for (const auto& [name, tensor] : four.tensors)
    if (name.rfind("unbind", 0) != 0) one.tensors[name] = tensor;
  const Tensor& keys = four.tensors.at("bind.keys");
  const auto channels = static_cast<std::size_t>(keys.shape[1]);
  Tensor sum{{1, keys.shape[1]}, std::vector<float>(channels)};
  for (std::size_t i = 0; i < keys.data.size(); ++i) sum.data[i % channels] += keys.data[i];
  one.tensors["bind.keys"] = sum;
  const auto summed =
      run_reference(one, pass_inputs(one, image, 1), 1, true)[static_cast<std::size_t>(bundle)];
  REQUIRE(bundled.data.size() == summed.data.size());
  for (std::size_t i = 0; i < summed.data.size(); ++i)
    CHECK(bundled.data[i] ==
          Approx(summed.data[i]).margin(1e-5));  // 64 products of about unit size, fp32 sums
}

TEST_CASE("an impulse key and an identity unbinding leave the trunk's output", "[mimo]") {
  Network network = small_mimoconv(1, 1);
  Tensor &keys = network.tensors.at("bind.keys"), &unbind = network.tensors.at("unbind.weight");
  std::fill(keys.data.begin(), keys.data.end(), 0.0F);
  keys.data[0] = 1.0F;
  std::fill(unbind.data.begin(), unbind.data.end(), 0.0F);
  const auto features = static_cast<std::size_t>(unbind.shape[1]);
  for (std::size_t c = 0; c < features; ++c) unbind.data[c * features + c] = 1.0F;
  auto& bias = network.tensors.at("unbind.bias").data;
  std::fill(bias.begin(), bias.end(), 0.0F);

  const auto values = run_reference(network, pass_inputs(network, random_images(network, 1), 1), 1, true);
  const auto value = [&](const char* name) {
    return values[static_cast<std::size_t>(network.graph.find(name))].data;
  };
  CHECK(value("bundle") == value("stem_act"));
  CHECK(value("unbind") == value("flatten"));
}

}  // namespace mimosa
