// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include <catch2/catch.hpp>

#include "models/nn/reference.hpp"
#include "tests/support/forced_kernel_path.hpp"
#include "tests/support/grid_former.hpp"

namespace mimosa {
namespace {

/// Key (m, n) of every block of the network, to be changed: change(value, m, n).
template <class Change>
void for_keys(Network& network, const Change& change) {
  for (auto& [name, tensor] : network.tensors) {
    if (!is_keys(name)) continue;
    const auto columns = static_cast<std::size_t>(tensor.shape[1]),
               width = static_cast<std::size_t>(tensor.shape[2]);
    for (std::size_t i = 0; i < tensor.data.size(); ++i)
      change(tensor.data[i], static_cast<int>(i / width / columns), static_cast<int>(i / width % columns));
  }
}

/// The factor on q and k, as if 1/√(M N) were that of another number of slots.
void scale_queries(Network& network, double factor) {
  for (Node& node : network.graph.nodes)
    if (node.op == OpKind::GridSum && node.sequence.grid_scale) node.sequence.scale *= factor;
}

/// Of the random features.
void set_eps(Network& network, double eps) {
  for (Node& node : network.graph.nodes)
    if (node.op == OpKind::RandomFeatures) node.eps = eps;
}

double largest_difference(std::span<const float> a, std::span<const float> b) {
  REQUIRE(a.size() == b.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return largest;
}

/// Inputs or logits of a pass, slot by slot, in another order.
std::vector<float> reordered(std::span<const float> x, const std::vector<std::size_t>& slots) {
  const std::size_t size = x.size() / slots.size();
  std::vector<float> y;
  for (const std::size_t slot : slots)
    for (const float v : x.subspan(slot * size, size)) y.push_back(v);
  return y;
}

}  // namespace

TEST_CASE("a 1×1 grid with keys of ones is the Performer", "[mimo][attention]") {
  for (const FeatureMap map : maps)
    for (const Sharing sharing : {Sharing::Attention, Sharing::AttentionAndMlp}) {
      Network grid = former({1, 1}, sharing, map);
      for_keys(grid, [](float& key, int, int) { key = 1.0F; });
      FormerOptions options = small({1, 1}, sharing, map);
      options.keys = {1, 1};
      Network performer = random_network(mimoformer(options), "performer");
      performer.tensors = grid.tensors;
      std::erase_if(performer.tensors, [](const auto& entry) { return is_keys(entry.first); });
      CHECK(performer.graph.nodes.size() < grid.graph.nodes.size());
      const std::vector<float> tokens = random_tokens(grid, 5);
      CHECK(reference_logits(grid, tokens, 5) == reference_logits(performer, tokens, 5));
      for_keys(grid, [](float& key, int, int) { key = -1.0F; });  // φ sees another sign
      if (map != FeatureMap::Dpfp)
        CHECK(reference_logits(grid, tokens, 5) != reference_logits(performer, tokens, 5));
    }
}

TEST_CASE("rows and columns of a grid may change places with their keys", "[mimo][attention]") {
  // Rows 0 and 2, or columns 1 and 3, of a 4×4 grid; only the order of sums changes.
  for (const FeatureMap map : maps)
    for (const Sharing sharing : {Sharing::Attention, Sharing::AttentionAndMlp})
      for (const bool rows : {true, false}) {
        const auto moved = [&](int m, int n) {
          if (rows) return (m == 0 ? 2 : m == 2 ? 0 : m) * 4 + n;
          return m * 4 + (n == 1 ? 3 : n == 3 ? 1 : n);
        };
        std::vector<std::size_t> slots;
        for (int m = 0; m < 4; ++m)
          for (int n = 0; n < 4; ++n) slots.push_back(static_cast<std::size_t>(moved(m, n)));
        const Network network = former({4, 4}, sharing, map);
        Network permuted = network;
        for (auto& [name, tensor] : permuted.tensors)
          if (is_keys(name)) tensor.data = reordered(tensor.data, slots);
        const std::vector<float> tokens = random_tokens(network, 16);
        const std::vector<float> before = reference_logits(network, tokens, 16);
        const std::vector<float> after = reference_logits(permuted, reordered(tokens, slots), 16);
        CAPTURE(static_cast<int>(map), static_cast<int>(sharing), rows);
        CHECK(largest_difference(reordered(before, slots), after) < 1e-4);
        CHECK(largest_difference(before, after) > 1e-2);
        // Not without their keys.
        CHECK(largest_difference(reordered(before, slots),
                                 reference_logits(network, reordered(tokens, slots), 16)) > 1e-2);
      }
}

namespace {

/// A 4 × 4 grid of which every slot but `slot` is bound to zero, and the same weights for one sample with the
/// keys of that slot, which is given 1/√16 as the grid is.
std::pair<Network, Network> alone_in_grid(Sharing sharing, FeatureMap map, int slot) {
  Network grid = former({4, 4}, sharing, map), single = former({1, 1}, sharing, map);
  single.tensors = grid.tensors;
  for (auto& [name, tensor] : single.tensors)
    if (is_keys(name))
      std::copy_n(tensor.data.begin() + slot * tensor.shape[2], tensor.shape[2], tensor.data.begin());
  scale_queries(single, 0.25);
  for_keys(grid, [&](float& key, int m, int n) { key = m * 4 + n == slot ? key : 0.0F; });
  return {std::move(grid), std::move(single)};
}

}  // namespace

TEST_CASE("one sample alone in a grid is single-sample attention with its signed keys", "[mimo][attention]") {
  // All other slots are bound to zero. Exact for (att.): zero bundles add zeros to A, and each has its own
  // denominator. 1/√16 of the grid is given to the single sample.
  for (const FeatureMap map : maps)
    for (const int slot : {0, 6, 15}) {
      const auto [grid, single] = alone_in_grid(Sharing::Attention, map, slot);
      const std::vector<float> tokens = random_tokens(grid, 16);
      const std::vector<float> together = reference_logits(grid, tokens, 16);
      const auto first = static_cast<std::size_t>(slot);
      const std::vector<float> alone = reference_logits(single, std::span(tokens).subspan(first * 7, 7), 1);
      CAPTURE(static_cast<int>(map), slot);
      CHECK(std::vector<float>(together.begin() + slot * 5, together.begin() + slot * 5 + 5) == alone);
    }
}

TEST_CASE("one sample alone in a grid that shares its MLP is that up to eps", "[mimo][attention]") {
  // The common denominator sees φ(0) of the three empty key bundles: eps of ReLU features, nothing of DPFP.
  for (const int slot : {0, 6, 15}) {
    const auto difference = [&](FeatureMap map, double eps) {
      auto [grid, single] = alone_in_grid(Sharing::AttentionAndMlp, map, slot);
      set_eps(grid, eps);
      set_eps(single, eps);
      const std::vector<float> tokens = random_tokens(grid, 16),
                               together = reference_logits(grid, tokens, 16);
      return largest_difference(std::span(together).subspan(static_cast<std::size_t>(slot) * 5, 5),
                                reference_logits(single, std::span(tokens).subspan(slot * 7U, 7), 1));
    };
    CAPTURE(slot);
    CHECK(difference(FeatureMap::Dpfp, 1e-3) == 0.0);
    const double at_eps = difference(FeatureMap::Relu, 1e-3);
    CHECK(at_eps > 0.0);
    CHECK(at_eps < 0.2);
    CHECK(difference(FeatureMap::Relu, 1e-6) < at_eps / 300);
  }
}

TEST_CASE("a masked part of a grid leaves the others as in the smaller grid", "[mimo][attention]") {
  // Of 4 × 4 only the first row is filled: a 1 × 4 grid. Exact for (att.); pooled denominators see eps of the
  // three empty key bundles at every position, or nothing of DPFP.
  for (const FeatureMap map : maps)
    for (const Sharing sharing : {Sharing::Attention, Sharing::AttentionAndMlp}) {
      Network grid = former({4, 4}, sharing, map), row = former({1, 4}, sharing, map);
      row.tensors = grid.tensors;
      scale_queries(row, 0.5);
      const std::vector<float> tokens = random_tokens(grid, 4);
      const auto difference = [&](double eps) {
        set_eps(grid, eps);
        set_eps(row, eps);
        return largest_difference(reference_logits(grid, tokens, 4), reference_logits(row, tokens, 4));
      };
      CAPTURE(static_cast<int>(map), static_cast<int>(sharing));
      const double at_eps = difference(1e-3);
      if (sharing == Sharing::Attention || map == FeatureMap::Dpfp) {
        CHECK(at_eps == 0.0);
        continue;
      }
      CHECK(at_eps > 0.0);
      CHECK(at_eps < 0.2);
      CHECK(difference(1e-6) < at_eps / 300);  // proportional to eps, a thousand times smaller
    }
}

TEST_CASE("a short last pass of a grid masks the slots it leaves free", "[mimo][attention]") {
  const Network network = former({2, 2}, Sharing::Attention, FeatureMap::Relu);
  const std::vector<float> tokens = random_tokens(network, 7);
  const std::vector<float> logits = reference_logits(network, tokens, 7);
  Network masked = network;
  masked.graph.filled = 3;
  std::vector<float> last(tokens.begin() + 28, tokens.end());
  for (const float filler : {0.0F, 9.0F}) {  // what stands in the fourth slot is of no account
    std::vector<float> pass = last;
    pass.insert(pass.end(), 7, filler);
    const std::vector<float> values = run_reference(masked, pass, 1).back().data;
    CHECK(largest_difference(std::span(values).first(15), std::span(logits).last(15)) == 0.0);
  }
  CHECK(logits == reference_logits(network, tokens, 7, 3));
}

TEST_CASE("bytes of attention networks do not depend on batch, threads or kernel path", "[mimo][attention]") {
  for (const FeatureMap map : maps)
    for (const Sharing sharing : {Sharing::Attention, Sharing::AttentionAndMlp}) {
      const Network network = former({2, 2}, sharing, map);
      const std::vector<float> tokens = random_tokens(network, 80);
      const std::vector<float> together = reference_logits(network, tokens, 80);
      std::vector<float> alone;
      for (std::size_t first = 0; first < 80; first += 4)
        for (const float v : reference_logits(network, std::span(tokens).subspan(first * 7, 28), 4))
          alone.push_back(v);
      CHECK(together == alone);
      CHECK(together == reference_logits(network, tokens, 80, 3));
      for (const KernelPath path : available_kernel_paths()) {
        const ForcedKernelPath forced(path);
        CHECK(together == reference_logits(network, tokens, 80));
      }
    }
}

TEST_CASE("a mode of a grid uses the first rows and columns of its keys", "[mimo][attention]") {
  const Network mode = former({2, 3}, Sharing::AttentionAndMlp, FeatureMap::Relu);
  FormerOptions options = small({2, 3}, Sharing::AttentionAndMlp, FeatureMap::Relu);
  options.keys = {2, 3};
  Network own = random_network(mimoformer(options), "own");
  own.tensors = mode.tensors;
  for (auto& [name, tensor] : own.tensors) {
    if (!is_keys(name)) continue;
    const std::int64_t width = tensor.shape[2];
    std::vector<float> keys;
    for (const std::int64_t slot : {0, 1, 2, 4, 5, 6})
      for (std::int64_t c = 0; c < width; ++c)
        keys.push_back(tensor.data[static_cast<std::size_t>(slot * width + c)]);
    tensor = {{2, 3, width}, keys};
  }
  const std::vector<float> tokens = random_tokens(mode, 6);
  CHECK(reference_logits(mode, tokens, 6) == reference_logits(own, tokens, 6));
}

TEST_CASE("DataMUX with one sequence and a key of ones is a softmax transformer behind its demultiplexer",
          "[mimo][attention]") {
  FormerOptions options = small({1, 1}, Sharing::Attention, FeatureMap::Relu);
  Network mux = random_network(datamux(options), "mux");
  for_keys(mux, [](float& key, int, int) { key = 1.0F; });
  Network plain = random_network(softmax_transformer(options), "plain");
  for (auto& [name, tensor] : plain.tensors) tensor = mux.tensors.at(name);
  const std::vector<float> tokens = random_tokens(mux, 3);
  const auto value = [&](const Network& network, const char* node) {
    return run_reference(network, tokens, 3, true)[static_cast<std::size_t>(network.graph.find(node))].data;
  };
  CHECK(value(mux, "pool") == value(plain, "pool"));
  for_keys(mux, [](float& key, int, int) { key = -1.0F; });
  CHECK(value(mux, "pool") != value(plain, "pool"));
}

}  // namespace mimosa
