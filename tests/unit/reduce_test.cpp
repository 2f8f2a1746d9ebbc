// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/reduce.hpp"

#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "hw/program/geometry.hpp"
#include "sim/compiler/compile.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;

namespace {

/// A stage of `rows` × `cols` blocks of 64 × 64.
Stage blocks_of(int rows, int cols) {
  Stage stage;
  stage.mvms = 8;
  for (int c = 0; c < cols; ++c)
    for (int r = 0; r < rows; ++r) stage.blocks.push_back({r * 64, 64, c * 64, 64});
  return stage;
}

/// Blocks below a term, in the order they are added.
std::vector<int> leaves(const Stage& stage, int term) {
  const int blocks = static_cast<int>(stage.blocks.size());
  if (term < blocks) return {term};
  std::vector<int> all;
  for (const int t : stage.sums[static_cast<std::size_t>(term - blocks)].terms)
    for (const int leaf : leaves(stage, t)) all.push_back(leaf);
  return all;
}

int depth(const Stage& stage, int term) {
  const int blocks = static_cast<int>(stage.blocks.size());
  if (term < blocks) return 0;
  int deepest = 0;
  for (const int t : stage.sums[static_cast<std::size_t>(term - blocks)].terms)
    deepest = std::max(deepest, depth(stage, t));
  return deepest + 1;
}

}  // namespace

TEST_CASE("every block is added once, in order, by sums of at most the fan-in", "[compiler]") {
  const int rows = GENERATE(1, 2, 5, 16, 17, 45), cols = GENERATE(1, 3, 40), fan_in = GENERATE(2, 3, 16);
  CAPTURE(rows, cols, fan_in);
  Stage stage = blocks_of(rows, cols);
  stage.sums = reduction_tree(stage, small_chip(), fan_in);
  for (std::size_t s = 0; s < stage.sums.size(); ++s) {
    const Sum& sum = stage.sums[s];
    CHECK(sum.terms.size() >= 2);
    CHECK(sum.terms.size() <= static_cast<std::size_t>(fan_in));
    CHECK(sum.terms.back() < static_cast<int>(stage.blocks.size() + s));  // made before it is taken
    for (const int term : sum.terms) CHECK(columns_of(stage, term).first == sum.col0);
  }
  std::vector<int> added;
  for (const int term : home_terms(stage))
    for (const int leaf : leaves(stage, term)) added.push_back(leaf);
  std::sort(added.begin(), added.end());
  REQUIRE(added.size() == stage.blocks.size());
  for (std::size_t b = 0; b < added.size(); ++b) CHECK(added[b] == static_cast<int>(b));
  for (const int term : home_terms(stage)) {
    const std::vector<int> order = leaves(stage, term);
    CHECK(std::is_sorted(order.begin(), order.end()));
    int reach = 1, levels = 0;  // blocks that so many levels can add
    for (; reach < rows; reach *= fan_in) ++levels;
    CHECK(depth(stage, term) <= levels);
  }
  const int at_home = home_terms_per_column(stage);
  CHECK((at_home == 1 || at_home * cols <= fan_in));
}

TEST_CASE("a home that can add all blocks itself gets no tree", "[compiler]") {
  CHECK(reduction_tree(blocks_of(16, 1), small_chip(), 16).empty());
  CHECK(reduction_tree(blocks_of(5, 3), small_chip(), 16).empty());
  CHECK(reduction_tree(blocks_of(1, 40), small_chip(), 2).empty());
  CHECK(reduction_tree(blocks_of(17, 1), small_chip(), 16).size() == 2);
}

TEST_CASE("the work of a sum follows its closed form", "[compiler]") {
  const ChipSpec chip = small_chip();  // 16 lanes, 4 cycles of latency, 8-bit results, fp16 sums
  Stage stage = blocks_of(4, 1);
  stage.sums = reduction_tree(stage, chip, 2);
  REQUIRE(stage.sums.size() == 2);  // the home adds the two
  const std::int64_t elements = 8 * 64;
  CHECK(stage.sums[0].work == VectorWork{.cycles = 4 + elements * 2 / 16,
                                         .adds = 2 * elements,
                                         .muls = 2 * elements,
                                         .specials = 0,
                                         .read_bytes = 2 * elements,
                                         .write_bytes = 2 * elements});
  CHECK(sum_work(stage, {4, 5}, 64, chip).muls == 0);  // sums are scaled already
  CHECK(sum_work(stage, {4, 5}, 64, chip).read_bytes == 2 * 2 * elements);
}

TEST_CASE("a tree adds only its own additions to a program", "[compiler]") {
  const Network network = random_network(GraphBuilder()
                                             .add("conv", OpKind::Conv2d, {.out_channels = 64})
                                             .add("fc", OpKind::Linear, {.out_channels = 10})
                                             .build({1024, 1, 1}),
                                         "wide");
  const ChipSpec chip = small_chip();
  const Counts direct = counts_per_pass(compile(network, chip, {.sum_fan_in = 16}).program, chip);
  const Program tree = compile(network, chip, {.sum_fan_in = 4}).program;
  const Counts counts = counts_per_pass(tree, chip);
  CHECK(counts.mvms == direct.mvms);
  CHECK(counts.io_bytes == direct.io_bytes);
  // 16 row blocks: four sums of four, and four instead of sixteen terms at home.
  REQUIRE(tree.stages[0].sums.size() == 4);
  CHECK(counts.muls == direct.muls + (16 - 16 + 4) * 64);
  CHECK(counts.adds == direct.adds + 4 * 64);
}
