// SPDX-License-Identifier: Apache-2.0
// Tensors that a network of attention needs, and inputs it cannot take.
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/nn/reference.hpp"
#include "tests/support/grid_former.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;

}  // namespace

TEST_CASE("a block has one set of keys, and another for its skips where it shares its MLP",
          "[mimo][attention]") {
  for (const FeatureMap map : maps)
    for (const Sharing sharing : {Sharing::Attention, Sharing::AttentionAndMlp}) {
      std::vector<std::string> keys, omegas;
      for (const auto& [name, tensor] : former({2, 2}, sharing, map).tensors) {
        if (is_keys(name)) keys.push_back(name);
        if (name.find("omega") != std::string::npos) omegas.push_back(name);
      }
      if (sharing == Sharing::Attention)
        CHECK(keys == std::vector<std::string>{"l0.q_bind.keys", "l1.q_bind.keys"});
      else
        CHECK(keys == std::vector<std::string>{"l0.q_bind.keys", "l0.skip_bind.keys", "l1.q_bind.keys",
                                               "l1.skip_bind.keys"});
      if (map == FeatureMap::Dpfp)
        CHECK(omegas.empty());
      else
        CHECK(omegas == std::vector<std::string>{"l0.q_omega.weight", "l1.q_omega.weight"});
    }
}

TEST_CASE("a token outside the vocabulary is refused with its place", "[mimo][error]") {
  const Network network = former({2, 2}, Sharing::Attention, FeatureMap::Relu);
  for (const float bad : {11.0F, -1.0F, 2.5F, std::nanf("")}) {
    std::vector<float> tokens = random_tokens(network, 4);
    tokens[10] = bad;
    CHECK_THROWS_AS(reference_logits(network, tokens, 4), UserError);
    CHECK_THROWS_WITH(reference_logits(network, tokens, 4),
                      Contains("node 'embed': token") && Contains("at position 3") && Contains("0 to 10"));
    // On whatever thread it is met: 33 passes are three parts.
    std::vector<float> many = random_tokens(network, 132);
    many[120 * tokens.size() / 4] = bad;
    CHECK_THROWS_AS(reference_logits(network, many, 132, 3), UserError);
  }
}

TEST_CASE("a position table shorter than the sequences is refused, a longer one is not", "[mimo][error]") {
  Network network = former({2, 2}, Sharing::Attention, FeatureMap::Relu);
  const std::vector<float> tokens = random_tokens(network, 4), logits = reference_logits(network, tokens, 4);
  Tensor& positions = network.tensors.at("embed.positions");
  positions.shape[0] += 3;
  positions.data.resize(positions.data.size() + 36, 1.0F);
  CHECK(reference_logits(network, tokens, 4) == logits);
  positions = {{6, 12}, std::vector<float>(72)};
  CHECK_THROWS_WITH(reference_logits(network, tokens, 4),
                    Contains("'embed.positions' has 6 positions, too few for sequences of 7"));
}

TEST_CASE("a grid larger than that of the keys is refused", "[mimo][error]") {
  FormerOptions options = small({2, 5}, Sharing::Attention, FeatureMap::Relu);
  CHECK_THROWS_WITH(mimoformer(options), Contains("a grid of 2×5; there are keys for 4×4"));
  Network network = former({2, 2}, Sharing::Attention, FeatureMap::Relu);
  for (auto& [name, tensor] : network.tensors)
    if (is_keys(name)) tensor = {{2, 2, 8}, std::vector<float>(32, 1.0F)};
  CHECK_THROWS_WITH(reference_logits(network, random_tokens(network, 4), 4), Contains("[2, 2, 8]"));
}

}  // namespace mimosa
