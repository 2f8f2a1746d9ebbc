// SPDX-License-Identifier: Apache-2.0
#include "sim/config/network_reader.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "models/data/safetensors.hpp"
#include "models/mimo/mimoconv.hpp"
#include "sim/config/network_writer.hpp"
#include "tests/support/network_text.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

const std::string head =
    "name: tiny\n"
    "slots: 4\n"
    "modes: [1, 2, 4]\n"
    "input: {shape: [1, 6, 6], mean: 0.25, std: 0.5}\n";

const std::string nodes =
    "nodes:\n"
    "  - {name: stem, op: conv2d, kernel: 3, stride: 2, padding: 1, out_channels: 8}\n"
    "  - {name: bind, op: bind}\n"
    "  - {name: bundle, op: bundle, input: bind}\n"
    "  - {name: act, op: relu}\n"
    "  - {name: sum, op: add, inputs: [act, bundle]}\n"
    "  - {name: half, op: max_pool, kernel: 2}\n"
    "  - {name: norm, op: batch_norm, eps: 0.001}\n"
    "  - {name: pool, op: avg_pool, kernel: 0}\n"
    "  - {name: unbind, op: unbind, bias: true}\n"
    "  - {name: merge, op: merge}\n"
    "  - {name: fc, op: linear, out_channels: 3}\n";

}  // namespace

TEST_CASE("a network file gives its graph, with each node after the one before it by default", "[network]") {
  const Reading read;
  const Network network = read(head + "description: two words\nbaseline: other\n" + nodes);
  CHECK(network.name == "tiny");
  CHECK(network.description == "two words");
  CHECK(network.baseline == "other");
  CHECK(network.dataset.empty());
  CHECK(network.slots == 4);
  CHECK(network.modes == std::vector<int>{1, 2, 4});
  CHECK(network.inputs_per_pass == 4);
  CHECK(network.input_mean == 0.25);
  CHECK(network.input_std == 0.5);
  REQUIRE(network.graph.nodes.size() == 12);
  const auto at = [&](const char* name) {
    return network.graph.nodes[static_cast<std::size_t>(network.graph.find(name))];
  };
  CHECK(at("stem").shape == Shape{8, 3, 3});
  CHECK(at("sum").inputs == std::vector<int>{4, 3});
  CHECK(at("half").stride == 2);  // a pool's default is its kernel
  CHECK(at("norm").eps == 0.001);
  CHECK(at("unbind").bias);
  CHECK_FALSE(at("fc").bias);
  CHECK(at("fc").slots == 4);
}

TEST_CASE("each mode of a network can be chosen, and no other", "[network]") {
  const Reading read;
  for (const int mode : {1, 2, 4}) {
    const Network network = read(head + nodes, mode);
    CHECK(network.inputs_per_pass == mode);
    CHECK(network.graph.output().slots == mode);
  }
  CHECK_THROWS_WITH(read(head + nodes, 3), read.folder.path("net.yaml") +
                                               ":3:8: modes: no mode of 3 inputs per pass; allowed: 1, 2, 4");
}

TEST_CASE("what is wrong in a network file is said in one line with its place", "[network][error]") {
  const Reading read;
  const std::string file = read.folder.path("net.yaml"), text = head + nodes;
  const auto refused = [&](const std::string& from, const std::string& to, const std::string& place,
                           const std::string& what) {
    CAPTURE(to);
    CHECK_THROWS_WITH(read(with(text, from, to)), StartsWith(file + place) && Contains(what));
    CHECK_THROWS_AS(read(with(text, from, to)), UserError);
  };
  refused("kernel: 3", "kernle: 3", ":6:30: nodes[0].kernle: ", "no such key; did you mean kernel?");
  refused("op: conv2d", "opp: conv2d", ":6:18: nodes[0].opp: ", "did you mean op?");
  refused("kernel: 3, ", "", ":6:5: nodes[0]: ", "the key 'kernel' is missing");
  refused("stride: 2", "stirde: 2", ":6:41: nodes[0].stirde: ", "did you mean stride?");
  refused("op: conv2d", "op: conv3d", ":6:22: nodes[0].op: ", "did you mean conv2d?");
  refused("op: conv2d", "op: input", ":6:22: nodes[0].op: ", "no operation 'input'");
  refused("kernel: 3", "kernel: big", ":6:38: nodes[0].kernel: ", "expected an integer");
  refused("kernel: 3", "kernel: 0", ":6:38: nodes[0].kernel: ", "outside 1 .. 1024");
  refused("name: act, op: relu", "name: act, op: relu, kernel: 3",
          ":9:27: nodes[3].kernel: ", "allowed: name, op, input");
  refused("name: act,", "name: bind,", ":9:12: nodes[3].name: ", "stands for an earlier node");
  refused("name: act,", "name: a b,", ":9:12: nodes[3].name: ", "not a name");
  refused("name: act, ", "", ":9:5: nodes[3]: ", "the key 'name' is missing");
  refused("input: bind", "input: bnid", ":8:39: nodes[2].input: ", "did you mean bind?");
  refused("input: bind", "input: sum", ":8:39: nodes[2].input: ", "not earlier in the list");
  refused("inputs: [act, bundle]", "inputs: [act]", ":10:34: nodes[4].inputs: ", "two node names");
  refused("inputs: [act, bundle]", "input: act", ":10:26: nodes[4].input: ", "did you mean inputs?");
  refused("kernel: 0", "kernel: 0, stride: 2", ":13:5: nodes[7]: ", "takes no stride");
  refused("bias: true", "bias: 3", ":14:38: nodes[8].bias: ", "true or false");
  refused("name: tiny", "nmae: tiny", ":1:1: nmae: ", "did you mean name?");
  refused("name: tiny\n", "", ":1:1: ", "the key 'name' is missing");
  refused("slots: 4", "slots: 0", ":2:8: slots: ", "outside 1 .. 1024");
  refused("slots: 4", "slots: 4\nslots: 4", ":3:1: slots: ", "twice");
  refused("[1, 2, 4]", "[1, 3]", ":3:12: modes: ", "3 inputs per pass do not divide 4 slots");
  refused("[1, 2, 4]", "[2, 2]", ":3:12: modes: ", "twice");
  refused("[1, 2, 4]", "[]", ":3:8: modes: ", "list of inputs per pass");
  refused("[1, 6, 6]", "[1, 6]", ":4:16: input.shape: ", "[channels, height, width]");
  refused("shape: [1, 6, 6], ", "", ":4:8: input: ", "'shape' is missing");
  refused("std: 0.5", "std: 0", ":4:44: input.std: ", "outside");
  refused("name: tiny", "name: tiny\npublished: {accuracy: 0.9}", ":2:12: published: ", "needs both keys");
  refused("name: tiny", "name: tiny\npublished: {source: a}", ":2:12: published: ", "needs both keys");
  refused("name: tiny", "name: tiny\npublished: {accuracy: 96.52, source: a}",
          ":2:23: published.accuracy: ", "outside 0 .. 1");
  refused("name: tiny", "name: tiny\npublished: {acuracy: 0.9, source: a}",
          ":2:13: published.acuracy: ", "did you mean accuracy?");
  refused("name: tiny", "name: tiny\ndataset: mnist", ":2:10: dataset: ", "allowed: fashion-mnist");
  refused("name: tiny", "name: tiny\ndataset: fashion-mnist", ":5:8: input.shape: ", "[1, 28, 28]");
  refused("name: tiny", "name: tiny\ndataset: cifar-10",
          ":5:8: input.shape: ", "images of cifar-10 are [3, 32, 32]");
}

TEST_CASE("shapes that do not fit name the file and the node", "[network][error]") {
  const Reading read;
  const std::string file = read.folder.path("net.yaml"), text = head + nodes;
  CHECK_THROWS_WITH(read(with(text, "name: pool, op: avg_pool, kernel: 0",
                              "name: pool, op: avg_pool, kernel: 2, stride: 1")),
                    StartsWith(file + ":13:5: node 'pool': "));
  CHECK_THROWS_WITH(read(with(text, "inputs: [act, bundle]", "inputs: [act, bind]")),
                    StartsWith(file + ":10:5: node 'sum': adds 'act'"));
  CHECK_THROWS_WITH(read(with(text, "  - {name: merge, op: merge}\n", ""), 2),
                    StartsWith(file + ":15:5: node 'fc': the output has 4 values per pass of 2 inputs"));
}

TEST_CASE("a file that is missing or no YAML is said in one line", "[network][error]") {
  const Reading read;
  CHECK_THROWS_WITH(read_network(read.folder.path("none.yaml"), 0, false),
                    Contains("none.yaml: cannot be read"));
  CHECK_THROWS_WITH(read("name: [a\n"), Contains("net.yaml:") && Contains("not YAML"));
  CHECK_THROWS_WITH(read("- a\n"), Contains("expected a map"));
  CHECK_THROWS_WITH(read(head), Contains("the key 'nodes' is missing"));
  CHECK_THROWS_WITH(read(head + "nodes: []\n"), Contains("nodes: expected a list"));
  CHECK_THROWS_WITH(read(head + "nodes: [3]\n"), Contains("nodes[0]: expected a map"));
}

TEST_CASE("writing a network and reading it again gives the same", "[network]") {
  const Reading read;
  Network network = small_mimoconv(4, 2);
  network.modes = {1, 2};
  network.description = "quotes \" and: colons \\";
  network.baseline = "other";
  network.input_mean = 0.1;
  network.published = {0.9652, "a \"paper\", 2023"};
  const Network back = read(to_yaml(network));
  CHECK(same_graph(back.graph, network.graph));
  CHECK(back.description == network.description);
  CHECK(back.modes == network.modes);
  CHECK(back.inputs_per_pass == 2);
  REQUIRE(back.published);
  CHECK(back.published->accuracy == 0.9652);
  CHECK(back.published->source == "a \"paper\", 2023");
  CHECK(back.input_mean == network.input_mean);
  CHECK(to_yaml(back) == to_yaml(network));

  const Network tiny = read(head + nodes);
  CHECK(same_graph(read(to_yaml(tiny)).graph, tiny.graph));
}

TEST_CASE("weights are read beside the file, checked, and left out when not asked for", "[network]") {
  const Reading read;
  Network network = small_mimoconv(2, 2);
  network.weights_file = read.folder.path("w.safetensors");
  write_safetensors(network.weights_file, {network.tensors, {}});
  const std::string text = to_yaml(network);
  const Network with_weights = read(text, 0, true), without = read(text);
  CHECK(with_weights.weights_file == network.weights_file);
  CHECK(with_weights.tensors.at("fc.weight").data == network.tensors.at("fc.weight").data);
  CHECK(without.tensors.empty());
  CHECK(without.weights_file.empty());
  CHECK(read(with(text, "weights: \"w.safetensors\"\n", ""), 0, true).tensors.empty());
  CHECK_THROWS_WITH(
      read(with(text, "out_channels: 10", "out_channels: 11"), 0, true),
      StartsWith(network.weights_file + ": tensor 'fc.bias' has shape [10], the network needs [11]"));
  CHECK_THROWS_WITH(read(with(text, "w.safetensors", "none"), 0, true), Contains("none: cannot be read"));
}

TEST_CASE("the published networks in configs are the graphs of the builders", "[network]") {
  const std::string folder = MIMOSA_SOURCE "/configs/network/";
  for (const int slots : {1, 2, 4}) {
    const Network network =
        read_network(folder + "mimoconv_wrn28_10_n" + std::to_string(slots) + ".yaml", 0, true);
    CHECK(same_graph(network.graph, mimoconv({.slots = slots})));
    CHECK(network.slots == slots);
    CHECK(network.tensors.empty());
  }
  CHECK(same_graph(read_network(folder + "wrn28_10.yaml", 0, true).graph, wide_resnet({})));
}

TEST_CASE("a network for fashion-mnist has ten outputs, no more and no fewer", "[network][error]") {
  const Reading read;
  const std::string fit =
      with(with(head, "[1, 6, 6]", "[1, 28, 28]"), "name: tiny", "name: tiny\ndataset: fashion-mnist");
  const auto text = [&](int outputs) {
    return fit + with(nodes, "out_channels: 3", "out_channels: " + std::to_string(outputs));
  };
  CHECK(read(text(10)).graph.output().shape.size() == 10);
  for (const int outputs : {7, 11})
    CHECK_THROWS_WITH(read(text(outputs)),
                      read.folder.path("net.yaml") +
                          ": dataset fashion-mnist has 10 classes; the output 'fc' has " +
                          std::to_string(outputs));
}

TEST_CASE("the example of the manual is the file it names, and is read", "[network]") {
  const std::string file = MIMOSA_SOURCE "/models/train/examples/two_branches.yaml";
  CHECK_THAT(read_file(MIMOSA_SOURCE "/docs/own_network.md"),
             Contains("```yaml\n" + read_file(file) + "```"));
  CHECK(read_network(file, 0, true).graph.output().shape == Shape{10, 1, 1});
}

TEST_CASE("the trained networks in configs are the graphs of the builders, name by name", "[network]") {
  for (const int slots : {2, 4}) {
    const Network network = read_network(
        MIMOSA_SOURCE "/configs/network/mimoconv_fmnist_n" + std::to_string(slots) + ".yaml", 0, true);
    const MimoConvOptions options{
        .slots = slots, .width = 4, .blocks = {1, 1, 1}, .stem_stride = 2, .input = {1, 28, 28}};
    CHECK(same_graph(network.graph, mimoconv(options)));
    CHECK(network.dataset == "fashion-mnist");
  }
}

}  // namespace mimosa
