// SPDX-License-Identifier: Apache-2.0
#include "models/nn/token_stream.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/nn/reference.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_former.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;

FormerOptions causal(int length, Sharing sharing, FeatureMap map) {
  FormerOptions options = small_former({2, 2});
  options.sharing = sharing;
  options.map = map;
  options.mask = Mask::Causal;
  options.length = length;
  return options;
}

constexpr int longest = 9;

}  // namespace

TEST_CASE("a causal network token by token gives the bytes of the whole sequence", "[nn][attention]") {
  for (const FeatureMap map : {FeatureMap::Relu, FeatureMap::Exp, FeatureMap::Dpfp})
    for (const Sharing sharing : {Sharing::Attention, Sharing::AttentionAndMlp}) {
      const Network network = random_network(mimoformer(causal(longest, sharing, map)), "causal");
      const std::vector<float> tokens = random_tokens(network, 4);
      TokenStream stream(network);
      const std::size_t memory = stream.memory();
      for (int t = 0; t < longest; ++t) {
        Network whole = network;  // sequences of t + 1 tokens
        whole.graph = mimoformer(causal(t + 1, sharing, map));
        std::vector<float> now, before;
        for (int slot = 0; slot < 4; ++slot) {
          const auto first = tokens.begin() + slot * longest;
          now.push_back(first[t]);
          before.insert(before.end(), first, first + t + 1);
        }
        CHECK(stream.step(now) == run_reference(whole, before, 1).back().data);
        CHECK(stream.memory() == memory);
      }
    }
}

TEST_CASE("the memory of a token stream is the state of its heads", "[nn][attention]") {
  // 2 layers × 2 heads × (R × D and a sum of R for each of the two key bundles, one where they are pooled).
  const auto memory = [](Sharing sharing) {
    return TokenStream(random_network(mimoformer(causal(longest, sharing, FeatureMap::Relu)), "causal"))
        .memory();
  };
  CHECK(memory(Sharing::Attention) == 2 * 2 * (24 * 8 + 2 * 24));
  CHECK(memory(Sharing::AttentionAndMlp) == 2 * 2 * (24 * 8 + 24));
}

TEST_CASE("networks that cannot run token by token are refused", "[nn][attention][error]") {
  const auto refused = [](FormerOptions options, bool softmax, const char* what) {
    const Network network =
        random_network(softmax ? softmax_transformer(options) : mimoformer(options), "net");
    CHECK_THROWS_WITH(TokenStream(network), Contains(what));
  };
  FormerOptions options = causal(longest, Sharing::Attention, FeatureMap::Relu);
  refused(options, true, "node 'l0.attention': softmax attention remembers every position");
  options.readout = Readout::MeanOfPositions;
  refused(options, false, "node 'pool': reads other positions");
  options.mask = Mask::Full;
  refused(options, false, "node 'l0.attention': attends to later positions");

  const Network network =
      random_network(mimoformer(causal(2, Sharing::Attention, FeatureMap::Relu)), "short");
  TokenStream stream(network);
  const std::vector<float> tokens(4, 3.0F);
  (void)stream.step(tokens);
  (void)stream.step(tokens);
  CHECK_THROWS_WITH(stream.step(tokens), Contains("node 'embed': a sequence longer than its 2 positions"));
  TokenStream other(network);
  for (const std::size_t count : {0U, 3U, 5U})
    CHECK_THROWS_WITH(other.step(std::vector<float>(count, 3.0F)),
                      Contains(std::to_string(count) + " tokens for the 4 sequences of a pass"));
  CHECK_THROWS_WITH(other.step(std::vector<float>(4, 11.0F)), Contains("token 11"));
  CHECK_NOTHROW(other.step(tokens));  // what was refused has left no trace
}

}  // namespace mimosa
