// SPDX-License-Identifier: Apache-2.0
#include "models/mimo/mimoformer.hpp"

#include <cctype>
#include <cmath>
#include <string>

#include <catch2/catch.hpp>

namespace mimosa {
namespace {

/// One row of the published configurations (R = 256, ReLU features, mean over positions) and of the table of
/// counts: GMAC per input of the encoder, as printed.
struct Row {
  const char* name;
  FormerOptions size;
  double performer, att_2x2, mlp_2x2, att_4x4, mlp_4x4, parameters, last_digit;
  double ratios[4];
  int share_1x1, share_4x4_mlp;  ///< stationary MACs, per cent
  int documents = 1;             ///< whose features the classifier reads, four a channel for two
};

FormerOptions size(int d, int f, int head, int heads, int layers, int vocabulary, int length, int classes) {
  return {.layers = layers,
          .heads = heads,
          .channels = d,
          .head_channels = head,
          .hidden = f,
          .features = 256,
          .vocabulary = vocabulary,
          .length = length,
          .classes = classes,
          .readout = Readout::MeanOfPositions,
          .hidden_head = true};
}

std::vector<Row> table() {
  return {
      {"ListOps deep",
       size(512, 2048, 64, 8, 6, 32, 2048, 10),
       45.12,
       41.90,
       27.39,
       40.29,
       18.53,
       21.05,
       .01,
       {1.08, 1.65, 1.12, 2.44},
       93,
       96},
      {"ListOps wide",
       size(512, 2048, 64, 48, 1, 32, 2048, 10),
       23.65,
       20.43,
       16.66,
       18.82,
       13.16,
       10.54,
       .01,
       {1.16, 1.42, 1.26, 1.80},
       86,
       94},
      {"Text deep",
       size(512, 2048, 64, 8, 6, 512, 4096, 2),
       90.25,
       83.80,
       54.79,
       80.58,
       37.06,
       22.33,
       .01,
       {1.08, 1.65, 1.12, 2.44},
       93,
       96},
      {"Text wide",
       size(512, 2048, 64, 48, 1, 512, 4096, 2),
       47.30,
       40.85,
       33.31,
       37.63,
       26.32,
       11.82,
       .01,
       {1.16, 1.42, 1.26, 1.80},
       86,
       94},
      {"Retrieval deep",
       size(128, 512, 32, 4, 4, 512, 4096, 2),
       5.39,
       4.31,
       3.10,
       3.78,
       1.95,
       1.65,
       .01,
       {1.25, 1.74, 1.43, 2.76},
       80,
       86,
       2},
      {"Retrieval wide",
       size(128, 512, 32, 16, 1, 512, 4096, 2),
       3.78,
       2.70,
       2.29,
       2.16,
       1.55,
       1.25,
       .01,
       {1.40, 1.65, 1.74, 2.44},
       71,
       82,
       2},
      {"Retrieval tiny",
       size(32, 64, 32, 2, 2, 512, 4096, 2),
       .642,
       .373,
       .346,
       .239,
       .198,
       .18,
       .001,
       {1.72, 1.85, 2.68, 3.24},
       58,
       66,
       2},
      {"Image deep",
       size(64, 128, 64, 4, 3, 512, 1024, 10),
       1.060,
       .657,
       .606,
       .456,
       .378,
       .36,
       .001,
       {1.61, 1.75, 2.32, 2.80},
       62,
       73},
      {"Image wide",
       size(64, 128, 64, 12, 1, 512, 1024, 10),
       1.027,
       .624,
       .589,
       .423,
       .370,
       .32,
       .001,
       {1.65, 1.74, 2.43, 2.78},
       60,
       73},
      {"Pathfinder deep",
       size(128, 128, 128, 8, 4, 512, 1024, 2),
       6.585,
       4.438,
       4.098,
       3.364,
       2.854,
       2.46,
       .001,
       {1.48, 1.61, 1.96, 2.31},
       67,
       81},
      {"Pathfinder wide",
       size(128, 128, 128, 32, 1, 512, 1024, 2),
       6.484,
       4.337,
       4.048,
       3.263,
       2.829,
       2.36,
       .001,
       {1.50, 1.60, 1.99, 2.29},
       67,
       81},
  };
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
  for (const Row& row : table()) {
    const auto gmacs = [&](int side, Sharing sharing) {
      return encoder(grid(row.size, side, sharing)).total * 1e-9;
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
  for (const Row& row : table()) {
    const std::int64_t more = row.documents == 1 ? 0 : std::int64_t{3} * row.size.channels * row.size.hidden;
    for (const Sharing sharing : {Sharing::Attention, Sharing::AttentionAndMlp})
      for (const int side : {1, 2, 4}) {
        const double millions =
            static_cast<double>(parameter_count(grid(row.size, side, sharing)) + more) * 1e-6;
        CAPTURE(row.name, side, millions);
        CHECK(prints_as(millions, row.parameters, .01));
      }
  }
}

TEST_CASE("the stationary share of the MACs agrees with the table", "[mimo]") {
  for (const Row& row : table()) {
    const Macs one = encoder(grid(row.size, 1, Sharing::Attention));
    const Macs four = encoder(grid(row.size, 4, Sharing::AttentionAndMlp));
    CAPTURE(row.name, one.stationary / one.total, four.stationary / four.total);
    CHECK(prints_as(100 * one.stationary / one.total, row.share_1x1, 1));
    CHECK(prints_as(100 * four.stationary / four.total, row.share_4x4_mlp, 1));
  }
}

}  // namespace mimosa
