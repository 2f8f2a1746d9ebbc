// SPDX-License-Identifier: Apache-2.0
#include "models/data/sequence_tasks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/list_ops.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Tokens = std::vector<std::uint8_t>;

std::vector<Tokens> rows(const Dataset& data) {
  std::vector<Tokens> result;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto begin = data.inputs.begin() + static_cast<std::ptrdiff_t>(i * data.input_size);
    result.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(data.input_size));
  }
  return result;
}

/// Pearson's statistic of counts that should be equal.
double chi_square(const std::vector<double>& counts) {
  double sum = 0.0, result = 0.0;
  for (const double c : counts) sum += c;
  const double mean = sum / static_cast<double>(counts.size());
  for (const double c : counts) result += (c - mean) * (c - mean) / mean;
  return result;
}

/// Value that chi-square of so many counts exceeds with probability 1e-4 (Wilson and Hilferty's normal
/// approximation): the false-alarm rate of each test below that uses it.
double limit(std::size_t counts) {
  const auto d = static_cast<double>(counts - 1);
  return d * std::pow(1.0 - 2.0 / (9.0 * d) + 3.719 * std::sqrt(2.0 / (9.0 * d)), 3.0);
}

void count(std::vector<double>& counts, int at) {
  counts.at(static_cast<std::size_t>(at)) += 1.0;
}

constexpr std::size_t many = 5000;

Dataset recall(Split split, std::size_t sequences = many, std::uint64_t seed = 1) {
  return draw_sequences("associative_recall", {}, 22, split, sequences, seed);
}

Dataset induction(Split split, std::size_t sequences = many, std::uint64_t seed = 1) {
  return draw_sequences("induction_head", {}, 31, split, sequences, seed);
}

}  // namespace

TEST_CASE("the answer of associative recall is what stands after the asked key, everywhere",
          "[data][sequences]") {
  const Dataset data = recall(Split::Test);
  REQUIRE(data.size() == many);
  const std::vector<Tokens> sequences = rows(data);
  REQUIRE(sequences[0].size() == 22);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const Tokens& row = sequences[i];
    const std::uint8_t asked = row[21];
    REQUIRE(row[20] == 11);  // =>
    int found = 0;
    for (std::size_t p = 0; p < 20; p += 2) {
      REQUIRE((row[p] >= 1 && row[p] <= 5 && row[p + 1] >= 6 && row[p + 1] <= 10));
      if (row[p] != asked) continue;
      ++found;
      REQUIRE(row[p + 1] == data.labels[i]);
    }
    REQUIRE(found > 0);
  }
}

TEST_CASE("answers, keys and places of the drawn tasks are uniform", "[data][sequences]") {
  // False-alarm rate 1e-4 for each of five statistics.
  const Dataset data = recall(Split::HeldOut), heads = induction(Split::HeldOut);
  std::vector<double> answers(5), keys(5), symbols(18), places(28), first(18);
  for (const std::uint8_t label : data.labels) count(answers, label - 6);
  for (const Tokens& row : rows(data)) count(keys, row[0] - 1);
  for (const std::uint8_t label : heads.labels) count(symbols, label - 1);
  for (const Tokens& row : rows(heads)) {
    const auto at = static_cast<int>(std::find(row.begin(), row.end(), 19) - row.begin());
    count(places, at);
    if (at != 0) count(first, row[0] - 1);
  }
  CHECK(chi_square(answers) < limit(5));
  CHECK(chi_square(keys) < limit(5));
  CHECK(chi_square(symbols) < limit(18));
  CHECK(chi_square(places) < limit(28));
  CHECK(chi_square(first) < limit(18));
}

TEST_CASE("a guess that knows only the task is right at the chance level", "[data][sequences]") {
  // Of 5,000; a share beyond four standard deviations has probability 6e-5.
  const auto share = [](const Dataset& data, int guess) {
    return static_cast<double>(std::count(data.labels.begin(), data.labels.end(), guess)) / many;
  };
  const auto within = [](double seen, double chance) {
    return std::fabs(seen - chance) < 4 * std::sqrt(chance * (1 - chance) / many);
  };
  CHECK(chance_of("associative_recall", {}) == 0.2);
  CHECK(chance_of("induction_head", {}) == Approx(1.0 / 18));
  CHECK(within(share(recall(Split::Test), 8), 0.2));
  CHECK(within(share(induction(Split::Test), 3), 1.0 / 18));
}

TEST_CASE("the answer of the induction head follows the first of its two signs", "[data][sequences]") {
  const Dataset data = induction(Split::Test);
  const std::vector<Tokens> sequences = rows(data);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const Tokens& row = sequences[i];
    REQUIRE(std::count(row.begin(), row.end(), 19) == 2);
    REQUIRE(row.back() == 19);
    const auto sign = std::find(row.begin(), row.end(), 19);
    REQUIRE(sign - row.begin() < 28);
    REQUIRE(sign[1] == data.labels[i]);
    REQUIRE(*std::min_element(row.begin(), row.end()) >= 1);
  }
}

TEST_CASE("a sequence depends on its seed, split and number alone, and belongs to one split",
          "[data][sequences]") {
  const Tokens ten = recall(Split::Test, 10).inputs, fifty = recall(Split::Test, 50).inputs;
  CHECK(std::equal(ten.begin(), ten.end(), fifty.begin()));
  CHECK((ten != recall(Split::Test, 10, 2).inputs && ten != recall(Split::HeldOut, 10).inputs));
  // Of the bytes 0 … 29 and the others by another program.
  Tokens counting(30);
  for (std::size_t i = 0; i < 30; ++i) counting[i] = static_cast<std::uint8_t>(i);
  CHECK(hash_class({}) == 1);
  CHECK(hash_class(Tokens{1}) == 0);
  CHECK(hash_class(Tokens{1, 6, 2, 7}) == 14);
  CHECK(hash_class(counting) == 10);
  std::set<Tokens> seen[3];
  for (const Split split : {Split::Train, Split::HeldOut, Split::Test})
    for (Tokens row : rows(recall(split, 1000))) {
      row.resize(20);
      const int kind = hash_class(row);
      REQUIRE((split == Split::Test ? kind == 0 : split == Split::HeldOut ? kind == 1 : kind > 1));
      seen[static_cast<int>(split)].insert(row);
    }
  for (const Tokens& row : seen[2]) REQUIRE((seen[0].count(row) == 0 && seen[1].count(row) == 0));
}

TEST_CASE("sizes of tasks follow from their parameters", "[data][sequences]") {
  const auto same = [](const TaskSize& a, int vocabulary, int length, int classes) {
    return a.vocabulary == vocabulary && a.length == length && a.classes == classes;
  };
  CHECK(same(size_of_task("associative_recall", {.keys = 9, .values = 9, .pairs = 20}), 20, 42, 20));
  CHECK(same(size_of_task("induction_head", {}), 20, 31, 20));
  CHECK(same(size_of_task("list_ops", {}), 16, 2000, 10));
  CHECK(same(size_of_task("fashion-mnist", {}), 0, 0, 10));
  CHECK(same(size_of_task("cifar-10", {}), 0, 0, 10));
  CHECK(same(size_of_task("", {}), 0, 0, 0));
  CHECK(same(size_of_task("fashion_mnist_sequence", {}), 256, 196, 10));
  CHECK(same(size_of_task("fashion_mnist_sequence", {.pool = 1}), 256, 784, 10));
}

TEST_CASE("pixels become tokens, rounded means of their squares row by row", "[data][sequences]") {
  Dataset images{.inputs = Tokens(784, 0), .labels = {7}};
  images.inputs[0] = 255;                                       // 255/4 rounds to 64
  images.inputs[2] = images.inputs[3] = images.inputs[30] = 1;  // 3/4
  images.inputs[782] = 2;                                       // 1/2 rounds up
  for (const std::size_t p : {754, 755, 783}) images.inputs[p] = 0;
  const Dataset half = pixel_sequences(images, 2);
  REQUIRE(half.inputs.size() == 196);
  CHECK(half.inputs[0] == 64);
  CHECK(half.inputs[1] == 1);
  CHECK(half.inputs[195] == 1);
  CHECK(std::count(half.inputs.begin(), half.inputs.end(), 0) == 193);
  CHECK(half.labels == images.labels);
  CHECK(half.tokens);
  CHECK(pixel_sequences(images, 1).inputs == images.inputs);
  CHECK(normalised(half, 0, 1, 0.5, 2.0)[0] == 64.0F);  // tokens stay as they are
}

}  // namespace mimosa
