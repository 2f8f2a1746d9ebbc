// SPDX-License-Identifier: Apache-2.0
// The float reference against PyTorch for networks on sequences: logits that
// tests/support/sequence_networks.py stored for small networks of every kind with random weights, and
// models/train/export_sequences.py for the trained ones, from the same rounded weights.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include <catch2/catch.hpp>

#include "models/data/safetensors.hpp"
#include "models/nn/reference.hpp"
#include "sim/config/network_reader.hpp"

namespace mimosa {
namespace {

struct Difference {
  double largest = 0.0, of = 0.0;  ///< between logits, and the largest logit
};

Difference difference(const Network& network, const std::string& stored) {
  const SafeTensors file = read_safetensors(stored);
  const Tensor &tokens = file.tensors.at("tokens"), &expected = file.tensors.at("logits");
  const std::vector<float> logits =
      reference_logits(network, tokens.data, static_cast<std::size_t>(tokens.shape[0]), 2);
  REQUIRE(expected.data.size() == logits.size());
  Difference d;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    d.largest = std::max(d.largest,
                         std::fabs(static_cast<double>(logits[i]) - static_cast<double>(expected.data[i])));
    d.of = std::max(d.of, std::fabs(static_cast<double>(expected.data[i])));
  }
  return d;
}

}  // namespace

TEST_CASE("the reference reproduces PyTorch's logits of every kind of sequence network",
          "[oracle][attention]") {
  const std::string folder = MIMOSA_SOURCE "/tests/data/sequence_networks/";
  for (const char* name : {"att", "att_mlp", "dpfp", "exp", "performer", "softmax", "datamux", "mean"}) {
    const Difference d =
        difference(read_network(folder + name + ".yaml", 0, true), folder + name + "_logits.safetensors");
    CAPTURE(name, d.largest, d.of);
    CHECK(d.of > 0.5);
    CHECK(d.largest < 1e-5);  // fp32 sums in another order
  }
}

TEST_CASE("the reference reproduces PyTorch's logits of the trained sequence networks",
          "[oracle][attention]") {
  for (const auto& entry : std::filesystem::directory_iterator(MIMOSA_SOURCE "/configs/network")) {
    if (entry.path().extension() != ".yaml") continue;
    const Network network = read_network(entry.path().string(), 0, true);
    if (network.tensors.empty() || network.graph.vocabulary == 0) continue;
    const Difference d =
        difference(network, MIMOSA_SOURCE "/tests/data/" + network.name + "_logits.safetensors");
    CAPTURE(network.name, d.largest, d.of);
    CHECK(d.largest <= 1e-4 * std::max(1.0, d.of));
  }
}

}  // namespace mimosa
