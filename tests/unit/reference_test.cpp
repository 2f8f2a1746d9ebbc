// SPDX-License-Identifier: Apache-2.0
#include "models/nn/reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <thread>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/double_oracle.hpp"
#include "tests/support/forced_kernel_path.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"

namespace mimosa {
namespace {

/// The slots of one pass of a value, as the oracle holds them.
OracleValue to_oracle(const Value& value, const Node& node, std::size_t pass) {
  OracleValue result;
  const int positions = node.shape.height * node.shape.width;
  const auto size = static_cast<std::size_t>(node.shape.size());
  for (std::size_t slot = 0; slot < static_cast<std::size_t>(node.slots); ++slot) {
    const float* map = value.data.data() + (pass * static_cast<std::size_t>(node.slots) + slot) * size;
    result.emplace_back(
        Eigen::Map<const Eigen::MatrixXf>(map, node.shape.channels, positions).cast<double>());
  }
  return result;
}

/// Terms of the longest sum behind one output: each rounds once, products, affines and functions a few times
/// more.
double roundings(const Graph& graph, const Node& node) {
  const Node& in = graph.nodes[static_cast<std::size_t>(node.inputs[0])];
  const int window = node.kernel == 0 ? in.shape.height * in.shape.width : node.kernel * node.kernel;
  return window * in.shape.channels + in.slots + 4;
}

/// Every node from the reference's own inputs of it: |error| ≤ roundings · 2⁻²⁴ · Σ |terms|.
void check_against_oracle(const Network& network, std::size_t passes) {
  const std::vector<float> images =
      random_images(network, passes * static_cast<std::size_t>(network.inputs_per_pass), 7);
  const auto inputs =
      pass_inputs(network, images, passes * static_cast<std::size_t>(network.inputs_per_pass));
  const std::vector<Value> values = run_reference(network, inputs, passes, true);
  const Graph& graph = network.graph;
  for (std::size_t i = 1; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    INFO("node " << node.name);
    for (std::size_t pass = 0; pass < passes; ++pass) {
      std::vector<OracleValue> operands;
      for (const int input : node.inputs)
        operands.push_back(to_oracle(values[static_cast<std::size_t>(input)],
                                     graph.nodes[static_cast<std::size_t>(input)], pass));
      const OracleValue expected = DoubleOracle(network, false).evaluate(node, operands);
      const OracleValue magnitude = DoubleOracle(network, true).evaluate(node, operands);
      const OracleValue actual = to_oracle(values[i], node, pass);
      REQUIRE(actual.size() == expected.size());
      for (std::size_t slot = 0; slot < actual.size(); ++slot) {
        REQUIRE(actual[slot].rows() == expected[slot].rows());
        REQUIRE(actual[slot].cols() == expected[slot].cols());
        const Eigen::ArrayXXd bound =
            roundings(graph, node) * 0x1p-24 * magnitude[slot].array().abs() + 1e-12;
        CHECK(((actual[slot] - expected[slot]).array().abs() <= bound).all());
      }
    }
  }
}

bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Branches, both pools, every activation, odd sizes, strides and paddings.
Graph branching_graph() {
  return GraphBuilder()
      .add("stem", OpKind::Conv2d, {.kernel = 3, .stride = 2, .padding = 1, .out_channels = 5})
      .add("norm", OpKind::BatchNorm)
      .add("act", OpKind::Relu)
      .add("left", OpKind::Conv2d, {.kernel = 5, .padding = 2, .out_channels = 6, .bias = true})
      .add("left_act", OpKind::Prelu)
      .add("right", OpKind::Conv2d, {.out_channels = 6}, {"act"})
      .add("right_act", OpKind::Tanh)
      .add("sum", OpKind::Add, {}, {"left_act", "right_act"})
      .add("small", OpKind::MaxPool, {.kernel = 3, .stride = 2, .padding = 1})
      .add("mean", OpKind::AvgPool, {.kernel = 2, .stride = 1, .padding = 1})
      .add("wide", OpKind::Conv2d, {.kernel = 2, .stride = 3, .padding = 2, .out_channels = 33})
      .add("gate", OpKind::Sigmoid)
      .add("flatten", OpKind::Flatten)
      .add("fc", OpKind::Linear, {.out_channels = 7, .bias = true})
      .build({3, 9, 13});
}

}  // namespace

TEST_CASE("every operation agrees with its definition in double", "[nn][numerics]") {
  check_against_oracle(random_network(branching_graph(), "branching"), 3);
}

TEST_CASE("binding, bundling, unbinding and merging agree with their definitions", "[nn][numerics]") {
  const int inputs = GENERATE(1, 2, 4);
  CAPTURE(inputs);
  check_against_oracle(small_mimoconv(4, inputs), 2);
}

TEST_CASE("a reference value depends neither on the passes beside it nor on the kernel path",
          "[nn][numerics]") {
  const Network network = small_mimoconv(2, 2);
  const std::vector<float> images = random_images(network, 46);
  const std::vector<float> together = reference_logits(network, images, 46);
  std::vector<float> alone;
  const std::size_t size = images.size() / 46;
  for (std::size_t first = 0; first < 46; first += 2) {
    const auto two = reference_logits(network, std::span(images).subspan(first * size, 2 * size), 2);
    alone.insert(alone.end(), two.begin(), two.end());
  }
  CHECK(same_bytes(together, alone));
  for (const KernelPath path : available_kernel_paths()) {
    const ForcedKernelPath forced(path);
    CHECK(same_bytes(together, reference_logits(network, images, 46)));
  }
}

TEST_CASE("threads change no byte of the logits", "[nn]") {
  const Network network = small_mimoconv(4, 2);
  const std::vector<float> images = random_images(network, 131);
  const std::vector<float> one = reference_logits(network, images, 131, 1);
  CHECK(one.size() == 131 * 10);
  for (const int threads : {2, 5}) CHECK(same_bytes(one, reference_logits(network, images, 131, threads)));
}

TEST_CASE("progress is told up to the last input, and what it throws ends the work", "[nn]") {
  const Network network = small_mimoconv(2, 2);
  const std::vector<float> images = random_images(network, 131);
  std::vector<std::size_t> told;
  const auto logits =
      reference_logits(network, images, 131, 1, [&](std::size_t done) { told.push_back(done); });
  CHECK(told == std::vector<std::size_t>{32, 64, 96, 128, 131});
  CHECK(same_bytes(logits, reference_logits(network, images, 131)));
  for (const int threads : {1, 3}) {
    const std::thread::id here = std::this_thread::get_id();
    int calls = 0;
    CHECK_THROWS_WITH(reference_logits(network, images, 131, threads,
                                       [&](std::size_t) {
                                         CHECK(std::this_thread::get_id() == here);
                                         ++calls;
                                         throw std::runtime_error("enough");
                                       }),
                      "enough");
    CHECK(calls == 1);
  }
}

TEST_CASE("only the last value is kept unless all are asked for", "[nn]") {
  const Network network = small_mimoconv(2, 2);
  const std::vector<float> inputs = pass_inputs(network, random_images(network, 2), 2);
  const std::vector<Value> last = run_reference(network, inputs, 1),
                           all = run_reference(network, inputs, 1, true);
  REQUIRE(last.size() == network.graph.nodes.size());
  CHECK(same_bytes(last.back().data, all.back().data));
  CHECK(std::all_of(last.begin(), last.end() - 1, [](const Value& v) { return v.data.empty(); }));
  CHECK(std::none_of(all.begin(), all.end(), [](const Value& v) { return v.data.empty(); }));
}

TEST_CASE("a short last pass repeats its own inputs", "[nn]") {
  Network network;
  network.graph = GraphBuilder()
                      .add("bind", OpKind::Bind)
                      .add("bundle", OpKind::Bundle)
                      .add("unbind", OpKind::Unbind)
                      .add("merge", OpKind::Merge)
                      .build({2, 1, 1}, 4, 2);
  network.slots = 4;
  network.inputs_per_pass = 2;
  const std::vector<float> images = {1, 2, 3, 4, 5, 6};  // three inputs of two channels
  CHECK(pass_inputs(network, images, 3) == std::vector<float>{1, 2, 3, 4, 5, 6, 5, 6});
}

TEST_CASE("images go from channel planes to interleaved channels", "[nn]") {
  Network network;
  network.graph = GraphBuilder().add("act", OpKind::Relu).build({2, 1, 3});
  CHECK(pass_inputs(network, std::vector<float>{1, 2, 3, 10, 20, 30}, 1) ==
        std::vector<float>{1, 10, 2, 20, 3, 30});
}

TEST_CASE("flatten gives the order channel, row, column", "[nn]") {
  Network network;
  network.graph = GraphBuilder().add("flatten", OpKind::Flatten).build({2, 2, 2});
  const std::vector<float> image = {1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(reference_logits(network, image, 1) == image);
}

TEST_CASE("a patch has rows in the order kernel row, kernel column, channel, and zeros outside", "[nn]") {
  const std::vector<float> map = {1, 2, 3, 4, 5, 6, 7, 8};  // 2 × 2 positions of 2 channels
  std::vector<float> patch(3 * 3 * 2, -1.0F);
  gather_patch(map.data(), {2, 2, 2}, 3, 1, 1, 0, 1, patch.data());
  CHECK(patch == std::vector<float>{0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 0, 0});
}

TEST_CASE("the stacked circulants bind by a product with all slots' channels", "[nn]") {
  Network network;
  network.slots = 2;
  network.inputs_per_pass = 2;
  network.graph = GraphBuilder()
                      .add("bind", OpKind::Bind)
                      .add("bundle", OpKind::Bundle)
                      .add("unbind", OpKind::Unbind)
                      .build({3, 1, 1}, 2, 2);
  network.tensors["bind.keys"] = {{2, 3}, {1, 2, 3, 4, 5, 6}};
  const Matrix matrix = weight_matrix(network, network.graph.nodes[1]);
  CHECK(matrix.rows == 6);
  CHECK(matrix.cols == 3);
  CHECK(matrix.data == std::vector<float>{1, 2, 3, 3, 1, 2, 2, 3, 1, 4, 5, 6, 6, 4, 5, 5, 6, 4});
}

TEST_CASE("logits are refused where the output is not one value per input", "[nn][error]") {
  Network network;
  network.name = "open";
  network.slots = 2;
  network.inputs_per_pass = 2;
  network.graph = GraphBuilder().add("bundle", OpKind::Bundle).build({2, 1, 1}, 2, 2);
  CHECK_THROWS_WITH(reference_logits(network, std::vector<float>(4), 2),
                    "network open: the output 'bundle' has 1 values per pass of 2 inputs");
}

}  // namespace mimosa
