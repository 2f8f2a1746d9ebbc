// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "models/mimo/lra.hpp"

namespace mimosa {
namespace {

/// One row of the table of counts, as printed: GMAC per input of the encoder and what follows.
struct Row {
  const char* name;
  double performer, att_2x2, mlp_2x2, att_4x4, mlp_4x4, parameters, last_digit;
  double ratios[4];
  int share_1x1, share_4x4_mlp;  ///< stationary MACs, per cent
  [[nodiscard]] FormerOptions size() const;
};

const Row table[] = {
    {"listops_deep", 45.12, 41.90, 27.39, 40.29, 18.53, 21.05, .01, {1.08, 1.65, 1.12, 2.44}, 93, 96},
    {"listops_wide", 23.65, 20.43, 16.66, 18.82, 13.16, 10.54, .01, {1.16, 1.42, 1.26, 1.80}, 86, 94},
    {"text_deep", 90.25, 83.80, 54.79, 80.58, 37.06, 22.33, .01, {1.08, 1.65, 1.12, 2.44}, 93, 96},
    {"text_wide", 47.30, 40.85, 33.31, 37.63, 26.32, 11.82, .01, {1.16, 1.42, 1.26, 1.80}, 86, 94},
    {"retrieval_deep", 5.39, 4.31, 3.10, 3.78, 1.95, 1.65, .01, {1.25, 1.74, 1.43, 2.76}, 80, 86},
    {"retrieval_wide", 3.78, 2.70, 2.29, 2.16, 1.55, 1.25, .01, {1.40, 1.65, 1.74, 2.44}, 71, 82},
    {"retrieval_tiny", .642, .373, .346, .239, .198, .18, .001, {1.72, 1.85, 2.68, 3.24}, 58, 66},
    {"image_deep", 1.060, .657, .606, .456, .378, .36, .001, {1.61, 1.75, 2.32, 2.80}, 62, 73},
    {"image_wide", 1.027, .624, .589, .423, .370, .32, .001, {1.65, 1.74, 2.43, 2.78}, 60, 73},
    {"pathfinder_deep", 6.585, 4.438, 4.098, 3.364, 2.854, 2.46, .001, {1.48, 1.61, 1.96, 2.31}, 67, 81},
    {"pathfinder_wide", 6.484, 4.337, 4.048, 3.263, 2.829, 2.36, .001, {1.50, 1.60, 1.99, 2.29}, 67, 81},
};

FormerOptions Row::size() const {
  std::vector<LraSize> sizes = lra_sizes();
  sizes.push_back({"retrieval_tiny", sizes[4].options});  // a third size that the authors' code ran
  FormerOptions& tiny = sizes.back().options;
  tiny.channels = 32;
  tiny.hidden = 64;
  tiny.heads = tiny.layers = 2;
  const auto found =
      std::find_if(sizes.begin(), sizes.end(), [this](const LraSize& s) { return s.name == name; });
  REQUIRE(found != sizes.end());
  return found->options;
}

Graph grid(FormerOptions options, int side, Sharing sharing) {
  options.grid = {side, side};
  options.sharing = sharing;
  return mimoformer(options);
}

struct Macs {
  double total = 0.0, stationary = 0.0;  ///< of the encoder, per input
};

Macs encoder(const Graph& graph) {
  Macs macs;
  for (const Node& node : graph.nodes) {
    if (node.name[0] != 'l' || std::isdigit(node.name[1]) == 0) continue;  // l0.q, …
    const auto count = static_cast<double>(macs_per_pass(graph, node)) / graph.output().slots;
    macs.total += count;
    if (node.op == OpKind::Conv2d) macs.stationary += count;
  }
  return macs;
}

/// Whether a value rounds to the printed one. The table's GMAC were rounded to three decimals first (90.2446
/// is printed as 90.25).
bool prints_as(double value, double printed, double unit) {
  return std::fabs(std::round(value * 1000) / 1000 - printed) <= unit / 2 + 1e-9;
}

}  // namespace

TEST_CASE("GMAC per input of every published configuration agree with the table", "[mimo]") {
  for (const Row& row : table) {
    const auto gmacs = [&](int side, Sharing sharing) {
      return encoder(grid(row.size(), side, sharing)).total * 1e-9;
    };
    const double performer = gmacs(1, Sharing::Attention);
    const double values[] = {gmacs(2, Sharing::Attention), gmacs(2, Sharing::AttentionAndMlp),
                             gmacs(4, Sharing::Attention), gmacs(4, Sharing::AttentionAndMlp)};
    const double printed[] = {row.att_2x2, row.mlp_2x2, row.att_4x4, row.mlp_4x4};
    CAPTURE(row.name, performer);
    CHECK(prints_as(performer, row.performer, row.last_digit));
    for (int i = 0; i < 4; ++i) {
      CAPTURE(i, values[i], printed[i], performer / values[i]);
      CHECK(prints_as(values[i], printed[i], row.last_digit));
      CHECK(prints_as(performer / values[i], row.ratios[i], .01));
    }
    CHECK(gmacs(1, Sharing::AttentionAndMlp) == performer);
  }
}

TEST_CASE("parameters of every published configuration agree with the table", "[mimo]") {
  for (const Row& row : table) {
    // A classifier of two documents reads four features a channel.
    const bool two = std::string(row.name).rfind("retrieval", 0) == 0;
    const std::int64_t more = two ? std::int64_t{3} * row.size().channels * row.size().hidden : 0;
    for (const Sharing sharing : {Sharing::Attention, Sharing::AttentionAndMlp})
      for (const int side : {1, 2, 4}) {
        const double millions =
            static_cast<double>(parameter_count(grid(row.size(), side, sharing)) + more) * 1e-6;
        CAPTURE(row.name, side, millions);
        CHECK(prints_as(millions, row.parameters, .01));
      }
  }
}

TEST_CASE("the stationary share of the MACs agrees with the table", "[mimo]") {
  for (const Row& row : table) {
    const Macs one = encoder(grid(row.size(), 1, Sharing::Attention));
    const Macs four = encoder(grid(row.size(), 4, Sharing::AttentionAndMlp));
    CAPTURE(row.name, one.stationary / one.total, four.stationary / four.total);
    CHECK(prints_as(100 * one.stationary / one.total, row.share_1x1, 1));
    CHECK(prints_as(100 * four.stationary / four.total, row.share_4x4_mlp, 1));
  }
}

TEST_CASE("MACs of softmax attention are those of the pairs that attend", "[mimo]") {
  for (const Mask mask : {Mask::Full, Mask::Causal, Mask::Prefix}) {
    const Graph graph = softmax_transformer(
        {.heads = 3, .head_channels = 5, .mask = mask, .prefix = mask == Mask::Prefix ? 4 : 0, .length = 9});
    std::int64_t pairs = 0;
    for (int l = 0; l < 9; ++l)
      for (int j = 0; j < 9; ++j)
        if (mask == Mask::Full || j <= l || (mask == Mask::Prefix && l < 4 && j < 4)) ++pairs;
    const Node& attention = graph.nodes[static_cast<std::size_t>(graph.find("l0.attention"))];
    CHECK(macs_per_pass(graph, attention) == pairs * 3 * (5 + 5));
  }
}

TEST_CASE("DataMUX adds its demultiplexer and a classifier a slot to one softmax transformer", "[mimo]") {
  FormerOptions options{.channels = 32, .classes = 7};
  const std::int64_t one = macs_per_pass(softmax_transformer(options));
  options.grid = {4, 1};
  const Graph four = datamux(options);
  CHECK(macs_per_pass(four) == one + 4 * 32 * 32 + 3 * 32 * 7);
  CHECK(parameter_count(four) == parameter_count(softmax_transformer(options)) + 4 * 32 * (32 + 1));
}

}  // namespace mimosa
