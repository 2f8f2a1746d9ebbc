// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "models/mimo/lra.hpp"
#include "sim/config/network_reader.hpp"
#include "sim/config/network_writer.hpp"
#include "tests/support/network_text.hpp"
#include "tests/support/random_network.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

const std::string sequence_head =
    "name: former\n"
    "grid: [2, 2]\n"
    "modes: [[2, 2], [1, 2], [1, 1]]\n"
    "input: {shape: [1, 6, 1], tokens: 9}\n";

const std::string sequence_nodes =
    "nodes:\n"
    "  - {name: embed, op: embed, out_channels: 12}\n"
    "  - {name: norm, op: layer_norm, eps: 0.000001}\n"
    "  - {name: heads, op: heads, heads: 3}\n"
    "  - {name: bind, op: hadamard}\n"
    "  - {name: q, op: grid_sum, over: m, scale: 0.5, grid_scale: true}\n"
    "  - {name: k, op: grid_sum, input: bind, over: n, scale: 0.5, grid_scale: true}\n"
    "  - {name: q_omega, op: conv2d, input: q, kernel: 1, out_channels: 10}\n"
    "  - {name: k_omega, op: conv2d, input: k, kernel: 1, out_channels: 10, weights_of: q_omega}\n"
    "  - {name: phi_q, op: random_features, input: q_omega, kind: exp_query}\n"
    "  - {name: phi_k, op: random_features, inputs: [k_omega, k], kind: exp_key}\n"
    "  - {name: attend, op: attention, inputs: [phi_q, phi_k, k], mask: prefix, prefix: 5, pooled: true}\n"
    "  - {name: unbind, op: hadamard, spread: n, weights_of: bind}\n"
    "  - {name: dpfp, op: dpfp, nu: 6}\n"
    "  - {name: soft, op: softmax_attention, inputs: [dpfp, dpfp, unbind], mask: causal, scale: 0.25}\n"
    "  - {name: join, op: join_heads}\n"
    "  - {name: row, op: row, index: 4}\n"
    "  - {name: fc, op: linear, out_channels: 3}\n";

/// A network file of a graph.
std::string file_of(const Graph& graph, const std::string& dataset, const TaskSpec& task) {
  Network network;
  network.name = "former";
  network.graph = graph;
  network.dataset = dataset;
  network.task = task;
  network.grids = {graph.grid};
  return to_yaml(network);
}

}  // namespace

TEST_CASE("an attention network reads with its grid, tokens, shared tensors and every attribute",
          "[network][attention]") {
  const Reading read;
  const Network network = read(sequence_head + sequence_nodes, 2);
  CHECK(network.graph.grid == Grid{1, 2});
  CHECK(network.graph.key_grid == Grid{2, 2});
  CHECK(network.modes == std::vector<int>{4, 2, 1});
  CHECK(network.grids == std::vector<Grid>{{2, 2}, {1, 2}, {1, 1}});
  CHECK(network.slots == 2);
  CHECK(network.inputs_per_pass == 2);
  CHECK(network.graph.vocabulary == 9);
  CHECK_THROWS_WITH(read(with(sequence_head + sequence_nodes, "[phi_q, phi_k, k]", "[phi_k, phi_q, k]"), 2),
                    Contains("node 'attend': attention takes 2 values per pass, but 'phi_k' has 1"));
  const auto at = [&](const char* name) {
    return network.graph.nodes[static_cast<std::size_t>(network.graph.find(name))];
  };
  CHECK(at("embed").shape == Shape{12, 6, 1});
  CHECK(at("norm").eps == 1e-6);
  CHECK(at("heads").shape == Shape{4, 6, 3});
  CHECK(at("q").slots == 2);
  CHECK(at("k").slots == 1);
  CHECK(at("k").sequence == SequenceKeys{.over = SlotAxis::N, .scale = 0.5, .grid_scale = true});
  CHECK(at("k_omega").weights_of == "q_omega");
  CHECK(at("phi_q").eps == 1e-3);
  CHECK(at("phi_q").sequence.kind == FeatureKind::ExpQuery);
  CHECK(at("phi_k").sequence.kind == FeatureKind::ExpKey);
  CHECK(at("attend").shape == Shape{4, 6, 3});
  CHECK(at("attend").slots == 2);
  CHECK(at("attend").eps == 0.0);
  CHECK(at("attend").sequence == SequenceKeys{.mask = Mask::Prefix, .prefix = 5, .pooled = true});
  CHECK(at("unbind").sequence.spread == SlotAxis::N);
  CHECK(at("dpfp").shape == Shape{48, 6, 3});
  CHECK(at("soft").sequence == SequenceKeys{.scale = 0.25, .mask = Mask::Causal});
  CHECK(at("row").shape == Shape{12, 1, 1});
  CHECK(at("row").sequence.index == 4);

  const std::string again = to_yaml(network);
  CHECK(to_yaml(read(again, 2)) == again);
  CHECK(same_graph(read(again, 2).graph, network.graph));
}

TEST_CASE("what is wrong in an attention network is said in one line with its place",
          "[network][attention][error]") {
  const Reading read;
  const std::string file = read.folder.path("net.yaml"), text = sequence_head + sequence_nodes;
  const auto refused = [&](const std::string& from, const std::string& to, const std::string& what) {
    CAPTURE(to);
    CHECK_THROWS_WITH(read(with(text, from, to)), StartsWith(file) && Contains(what));
    CHECK_THROWS_AS(read(with(text, from, to)), UserError);
  };
  refused("grid: [2, 2]", "grid: [2]", ":2:7: grid: expected the two sizes of a grid");
  refused("grid: [2, 2]", "grid: [2, 0]", "outside 1 .. 32");
  refused("grid: [2, 2]", "grid: [2, 2]\nslots: 4", ":3:1: slots: a network with a grid has M·N slots");
  refused("[1, 2], ", "[3, 1], ", "modes: a grid of 3×1 is larger than that of the keys, 2×2");
  refused("[1, 2], ", "[1, 2], [2, 1], ", "modes: two grids of 2 inputs");
  refused("[[2, 2], [1, 2], [1, 1]]", "4", "expected a list of grids");
  refused("tokens: 9", "tokens: 0", "input.tokens: ");
  refused("tokens: 9", "tokens: 9, mean: 1", "tokens are not normalised");
  refused("tokens: 9", "mean: 0", "node 'embed': embed takes tokens");
  refused("heads: 3", "heads: 5", "node 'heads': 5 heads do not divide the 12 channels");
  refused(", heads: 3", "", "the key 'heads' is missing");
  refused("over: m,", "over: k,", "\"k\" is not a choice");
  refused("over: m, ", "", "the key 'over' is missing");
  refused("inputs: [k_omega, k], kind: exp_key", "input: k_omega, kind: exp_key", "inputs");
  refused("inputs: [k_omega, k], kind: exp_key", "inputs: [k_omega, k], kind: relu",
          "expected a list of one node names");
  refused("weights_of: q_omega", "weights_of: q_omeag", "did you mean q_omega?");
  refused("weights_of: q_omega", "weights_of: norm", "node 'k_omega': weights_of: 'norm' is a layer_norm");
  refused("out_channels: 10, weights_of", "out_channels: 8, weights_of",
          "the tensors of 'q_omega' have other shapes");
  refused("shape: [1, 6, 1]", "shape: [1, 6, 2]", "node 'embed': embed takes a sequence of width 1");
  refused("shape: [1, 6, 1]", "shape: [2, 6, 1]", "node 'embed': tokens have shape [1, L, 1], not 2×6×1");
  refused("inputs: [dpfp, dpfp, unbind]", "inputs: [dpfp, unbind, dpfp]",
          "channels, positions and heads must be equal");
  refused("inputs: [k_omega, k], kind", "inputs: [k_omega, norm], kind",
          "positions, heads and slots must be equal");
  refused("op: heads,", "op: heads, weights_of: norm,", "no such key");
  refused("mask: prefix, prefix: 5", "prefix: 5", "has no effect with");
  refused("mask: prefix, prefix: 5", "mask: prefix, prefix: 7", "a prefix of 7 of 6 positions");
  refused("mask: prefix, prefix: 5", "mask: prefix", "a prefix of 0 of 6 positions");
  refused("nu: 6", "nu: 8", "node 'dpfp': nu 8 of 4 channels; allowed: 1 to 7");
  refused("index: 4", "index: 6", "node 'row': position 6 of 6; allowed: 0 to 5");
  refused("inputs: [phi_q, phi_k, k]", "inputs: [phi_q, phi_k]", "expected a list of three node names");
  refused("spread: n", "spread: none", "node 'unbind': hadamard takes 4 values per pass");
}

TEST_CASE("operations on a grid need one", "[network][attention][error]") {
  const Reading read;
  CHECK_THROWS_WITH(read("name: a\nslots: 4\ninput: {shape: [8, 6, 1]}\nnodes:\n  - {name: sum, op: "
                         "grid_sum, over: both}\n"),
                    Contains("node 'sum': grid_sum works on the slots of a grid; the network has no 'grid'"));
}

TEST_CASE("networks of the builders are written and read back", "[network][attention]") {
  const Reading read;
  FormerOptions options{.grid = {2, 2}, .keys = {4, 4}, .vocabulary = 12, .length = 22, .classes = 12};
  for (const FeatureMap map : {FeatureMap::Relu, FeatureMap::Exp, FeatureMap::Dpfp})
    for (const Mask mask : {Mask::Full, Mask::Causal, Mask::Prefix}) {
      options.map = map;
      options.mask = mask;
      options.prefix = mask == Mask::Prefix ? 21 : 0;
      options.sharing = mask == Mask::Full ? Sharing::AttentionAndMlp : Sharing::Attention;
      for (const Graph& graph : {mimoformer(options), softmax_transformer(options), datamux(options)}) {
        const Network again = read(file_of(graph, "associative_recall", {}));
        CHECK(same_graph(again.graph, graph));
        CHECK(again.graph.grid == graph.grid);
        CHECK(again.graph.key_grid == graph.key_grid);
        CHECK(again.task == TaskSpec{});
      }
    }
}

TEST_CASE("a network that does not fit its data set is refused in one line", "[network][attention][error]") {
  const Reading read;
  const std::string file = read.folder.path("net.yaml");
  const Graph graph = mimoformer({.vocabulary = 20, .length = 31, .classes = 20});
  const std::string text = file_of(graph, "induction_head", {});
  CHECK(read(text).task == TaskSpec{});
  const auto refused = [&](const std::string& from, const std::string& to, const std::string& what) {
    CAPTURE(to);
    CHECK_THROWS_WITH(read(with(text, from, to)), StartsWith(file) && Contains(what));
    CHECK_THROWS_AS(read(with(text, from, to)), UserError);
  };
  refused("vocabulary: 20, length: 30", "vocabulary: 20, length: 32",
          "dataset induction_head has sequences of 33 tokens; the network reads [1, 31, 1] (input.shape)");
  refused("vocabulary: 20", "vocabulary: 24", "has tokens 0 to 23; the network's are 0 to 19 (input.tokens)");
  refused("out_channels: 20, bias", "out_channels: 18, bias",
          "has 20 classes; the output 'classifier' has 18");
  refused("vocabulary: 20", "vocabulray: 20", "task.vocabulray: no such key; did you mean vocabulary?");
  refused("vocabulary: 20", "keys: 20", "task.keys: no such key");
  refused("vocabulary: 20", "vocabulary: 2", "outside 3 .. 256");
  refused("dataset: induction_head", "dataset: fashion-mnist", "dataset 'fashion-mnist' has no parameters");
  refused("dataset: induction_head", "dataset: induction",
          "no dataset 'induction'; allowed: fashion-mnist, cifar-10, associative_recall");
  refused("task: {vocabulary: 20, length: 30}", "task: {vocabulary: 20, length: 30, seed: 2}",
          "task.seed: no such key");
  const std::string pixels =
      file_of(mimoformer({.vocabulary = 256, .length = 49}), "fashion_mnist_sequence", {.pool = 4});
  CHECK(read(pixels).task.pool == 4);
  CHECK_THROWS_WITH(read(with(pixels, "pool: 4", "pool: 3")), Contains("pool 3 does not divide 28"));
}

TEST_CASE("the networks of the Long Range Arena are as examples/lra_networks.cpp writes them, in every mode",
          "[network][attention][configs]") {
  for (const LraSize& size : lra_sizes())
    for (const LraModel model : {LraModel::Performer, LraModel::Attention, LraModel::AttentionAndMlp}) {
      const Network network = lra_network(size, model);
      const std::string file = std::string(MIMOSA_SOURCE) + "/configs/network/" + network.name + ".yaml";
      CAPTURE(file);
      CHECK(read_file(file) == to_yaml(network));
      for (const Grid& grid : network.grids) {
        const Network mode = read_network(file, grid.size(), false);
        FormerOptions options = size.options;
        options.grid = grid;
        options.keys = network.graph.key_grid;
        options.sharing = model == LraModel::AttentionAndMlp ? Sharing::AttentionAndMlp : Sharing::Attention;
        CHECK(same_graph(mode.graph, mimoformer(options)));
      }
    }
}

}  // namespace mimosa
