// SPDX-License-Identifier: Apache-2.0
#include "models/nn/graph.hpp"

#include <cmath>
#include <limits>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/nn/batch_norm.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;

Graph chain() {
  return GraphBuilder()
      .add("conv", OpKind::Conv2d, {.kernel = 3, .out_channels = 4})
      .add("act", OpKind::Relu)
      .add("pool", OpKind::AvgPool, {.kernel = 0})
      .add("fc", OpKind::Linear, {.out_channels = 2, .bias = true})
      .build({1, 5, 5});
}

void infer(Graph graph) {
  infer_shapes(graph, {1, 5, 5}, 1, 1);
}

}  // namespace

TEST_CASE("shapes and slots follow from the input through binding to the merged outputs", "[nn]") {
  const Graph graph =
      mimoconv({.slots = 4, .inputs_per_pass = 2, .width = 2, .blocks = {1, 1}, .input = {1, 9, 7}});
  const auto at = [&](const char* name) { return graph.nodes[static_cast<std::size_t>(graph.find(name))]; };
  CHECK(at("stem").shape == Shape{64, 9, 7});
  CHECK(at("stem").slots == 2);
  CHECK(at("bind").slots == 4);
  CHECK(at("bundle").slots == 1);
  CHECK(at("blocks.1.conv1").shape == Shape{64, 5, 4});
  CHECK(at("unbind").slots == 4);
  CHECK(at("merge").slots == 2);
  CHECK(at("fc").shape == Shape{10, 1, 1});
  CHECK(graph.find("nothing") == -1);
}

TEST_CASE("a graph that is not one is refused with the node's name", "[nn][error]") {
  Graph cycle = chain(), unknown = chain(), twice = chain(), operands = chain(), second = chain();
  cycle.nodes[1].inputs = {2};
  unknown.nodes[2].inputs = {17};
  twice.nodes[3].name = "conv";
  operands.nodes[2].inputs = {1, 1};
  second.nodes[2].op = OpKind::Input;
  second.nodes[2].inputs = {};
  CHECK_THROWS_WITH(infer(cycle), Contains("node 'conv'") && Contains("'act' is not earlier"));
  CHECK_THROWS_WITH(infer(unknown), Contains("node 'act'") && Contains("17 is not in the graph"));
  CHECK_THROWS_WITH(infer(twice), Contains("node 'conv': another node has this name"));
  CHECK_THROWS_WITH(infer(operands), Contains("node 'act': relu has 2 inputs; it takes 1"));
  CHECK_THROWS_WITH(infer(second), Contains("node 'act'") && Contains("the input"));
  CHECK_THROWS_AS(infer({}), UserError);
}

TEST_CASE("a value nobody reads is refused: a network has one output", "[nn][error]") {
  Graph graph = chain();
  graph.nodes[2].inputs = {0};
  CHECK_THROWS_WITH(infer(graph), Contains("node 'conv': no node reads it"));
}

TEST_CASE("shapes that do not fit are refused with the node's name", "[nn][error]") {
  CHECK_THROWS_WITH(GraphBuilder().add("fc", OpKind::Linear, {.out_channels = 2}).build({1, 5, 5}),
                    Contains("node 'fc'") && Contains("1×5×5") && Contains("flatten"));
  CHECK_THROWS_WITH(
      GraphBuilder().add("conv", OpKind::Conv2d, {.kernel = 6, .out_channels = 2}).build({1, 5, 5}),
      Contains("node 'conv'") && Contains("kernel 6 is larger"));
  CHECK_THROWS_WITH(GraphBuilder().add("conv", OpKind::Conv2d, {.kernel = 3}).build({1, 5, 5}),
                    Contains("node 'conv'") && Contains("empty"));
  CHECK_THROWS_WITH(GraphBuilder().add("pool", OpKind::MaxPool, {.kernel = 2, .padding = 2}).build({1, 5, 5}),
                    Contains("node 'pool'") && Contains("more than half"));
  CHECK_THROWS_WITH(GraphBuilder()
                        .add("conv", OpKind::Conv2d, {.kernel = 3, .out_channels = 1})
                        .add("sum", OpKind::Add, {}, {"conv", "input"})
                        .build({1, 5, 5}),
                    Contains("node 'sum'") && Contains("1×3×3") && Contains("1×5×5"));
  CHECK_THROWS_WITH(GraphBuilder().add("unbind", OpKind::Unbind).build({4, 1, 1}, 2, 2),
                    Contains("node 'unbind': unbind takes 1 values per pass, but 'input' has 2"));
  CHECK_THROWS_WITH(GraphBuilder()
                        .add("bind", OpKind::Bind)
                        .add("all", OpKind::Bundle)
                        .add("bind2", OpKind::Bind)
                        .build({4, 1, 1}, 2, 2),
                    Contains("node 'bind2'"));
  CHECK_THROWS_WITH(GraphBuilder().add("act", OpKind::Relu).build({1, 5, 5}, 4, 3),
                    Contains("3 inputs per pass"));
  CHECK_THROWS_WITH(
      GraphBuilder().add("fc", OpKind::Linear, {.out_channels = 1 << 20}).build({1 << 20, 1, 1}),
      Contains("node 'fc'") && Contains("allowed: up to"));
}

TEST_CASE("parameters stand in PyTorch's order with PyTorch's shapes", "[nn]") {
  const Graph graph = chain();
  const auto conv = parameters(graph, graph.nodes[1]), fc = parameters(graph, graph.nodes[4]);
  REQUIRE(conv.size() == 1);
  CHECK(conv[0] == std::pair<std::string, std::vector<std::int64_t>>{"weight", {4, 1, 3, 3}});
  REQUIRE(fc.size() == 2);
  CHECK(fc[1] == std::pair<std::string, std::vector<std::int64_t>>{"bias", {2}});
  CHECK(parameter_count(graph) == 36 + 8 + 2);
  CHECK(macs_per_pass(graph) == 9 * 36 + 8);
}

TEST_CASE("the tensors of the mode in use come before those of all modes", "[nn]") {
  Network network = random_network(chain(), "modes");
  const Node& conv = network.graph.nodes[1];
  network.tensors["conv.weight@n1"] = network.tensors["conv.weight"];
  network.tensors["conv.weight@n1"].data[0] = 42.0F;
  CHECK(tensor(network, conv, "weight").data[0] == 42.0F);
  network.inputs_per_pass = 2;
  CHECK(tensor(network, conv, "weight").data[0] != 42.0F);
  CHECK_NOTHROW(check_tensors(network));
  CHECK_THROWS_WITH(tensor(network, conv, "bias"), Contains("no tensor 'conv.bias'"));
}

TEST_CASE("tensors that do not fit are refused with file, tensor and both shapes", "[nn][error]") {
  const Network good = random_network(chain(), "good");
  Network shape = good, missing = good, extra = good, size = good, infinite = good;
  shape.weights_file = "w.safetensors";
  shape.tensors["conv.weight"].shape = {4, 1, 9};
  missing.tensors.erase("fc.bias");
  extra.tensors["conv.gain"] = good.tensors.at("fc.bias");
  size.tensors["fc.bias"].data.push_back(0.0F);
  infinite.tensors["fc.bias"].data[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_NOTHROW(check_tensors(good));
  CHECK_THROWS_WITH(
      check_tensors(shape),
      "w.safetensors: tensor 'conv.weight' has shape [4, 1, 9], the network needs [4, 1, 3, 3]");
  CHECK_THROWS_WITH(check_tensors(missing), Contains("network good: no tensor 'fc.bias'") && Contains("[2]"));
  CHECK_THROWS_WITH(check_tensors(extra), Contains("'conv.gain' belongs to no node"));
  CHECK_THROWS_WITH(check_tensors(size), Contains("'fc.bias' of shape [2] holds 3 values"));
  CHECK_THROWS_WITH(check_tensors(infinite), Contains("'fc.bias'") && Contains("not finite"));
}

TEST_CASE("batch norm is the affine map of its running statistics", "[nn][numerics]") {
  const Network network =
      random_network(GraphBuilder().add("norm", OpKind::BatchNorm).build({3, 1, 1}), "norm");
  const BatchNormAffine affine = batch_norm_affine(network, network.graph.nodes[1]);
  for (std::size_t c = 0; c < 3; ++c) {
    const auto value = [&](const char* name) {
      return static_cast<double>(network.tensors.at(std::string("norm.") + name).data[c]);
    };
    const double x = 1.7,
                 y = (x - value("running_mean")) / std::sqrt(value("running_var") + 1e-5) * value("weight");
    CHECK(x * affine.scale[c] + affine.shift[c] == Approx(y + value("bias")).epsilon(1e-12));
  }
}

}  // namespace mimosa
