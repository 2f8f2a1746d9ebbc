// SPDX-License-Identifier: Apache-2.0
// The experiments of the project as a whole: what they run fits together.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <catch2/catch.hpp>

#include "sim/compiler/compile.hpp"
#include "sim/config/config_files.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/network_reader.hpp"

namespace mimosa {
namespace {

const std::vector<std::string> roots = {std::string(MIMOSA_SOURCE) + "/configs"};

Network network_of(const Experiment& experiment, const std::string& name) {
  return read_network(find_config("network", name, roots), experiment.slots_used, true);
}

}  // namespace

TEST_CASE("every experiment stands in the table of its README", "[config]") {
  std::ifstream file(roots[0] + "/experiment/README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  for (const ConfigListing& experiment : list_configs("experiment", roots)) {
    // `name`, or `_end` behind the name it shares the beginning with.
    const std::string end =
        '`' + experiment.name.substr(std::min(experiment.name.rfind('_'), experiment.name.size())) + '`';
    INFO(experiment.name);
    CHECK((readme.find('`' + experiment.name + '`') != std::string::npos ||
           readme.find(end) != std::string::npos));
  }
}

TEST_CASE("the trained networks of an experiment fit its chip, and those side by side have the same inputs",
          "[config][compiler]") {
  for (const ConfigListing& listing : list_configs("experiment", roots)) {
    const Experiment experiment = load_experiment(listing.path, {}).experiment;
    std::vector<Network> trained;
    for (const std::string& name : experiment.networks) {
      Network network = network_of(experiment, name);
      if (network.tensors.empty()) continue;
      INFO(listing.name << ": " << name);
      CHECK_NOTHROW(compile(network, experiment.chip, experiment.compiler));
      if (network.inputs_per_pass > 1 && experiment.networks.size() > 1 && network.graph.vocabulary > 0)
        CHECK(network.baseline == experiment.networks.front());
      trained.push_back(std::move(network));
    }
    for (const Network& network : trained) {
      INFO(listing.name << ": " << network.name);
      CHECK(network.dataset == trained.front().dataset);
      CHECK(network.task == trained.front().task);
    }
  }
}

TEST_CASE("pixel sequences are Fashion-MNIST in 196 grey values, read with every pixel in view", "[config]") {
  const Experiment experiment = load_experiment(roots[0] + "/experiment/pixel_sequences.yaml", {}).experiment;
  REQUIRE_FALSE(experiment.networks.empty());
  for (const std::string& name : experiment.networks) {
    const Network network = network_of(experiment, name);
    INFO(name);
    CHECK(network.dataset == "fashion_mnist_sequence");
    CHECK(network.graph.nodes.front().shape == Shape{1, 196, 1});
    CHECK(network.graph.vocabulary == 256);
    CHECK(network.graph.output().shape.channels == 10);
    for (const Node& node : network.graph.nodes)
      if (node.op == OpKind::Attention) CHECK(node.sequence.mask == Mask::Full);
  }
}

}  // namespace mimosa
