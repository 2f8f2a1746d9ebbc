// SPDX-License-Identifier: Apache-2.0
#include "models/data/list_ops.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Tokens = std::vector<std::uint8_t>;

int value(const std::string& text) {
  return evaluate_list_ops(list_ops_from_text(text));
}

/// Another way to the value: the innermost operator, found by its end, is replaced by a digit until one is
/// left.
int reduced(Tokens tokens) {
  while (tokens.size() > 1) {
    const auto end = std::find(tokens.begin(), tokens.end(), End);
    auto op = end;
    while (*op >= Digit0 || op == end) --op;
    std::vector<double> arguments;
    for (auto at = op + 1; at != end; ++at) arguments.push_back(*at - Digit0);
    std::sort(arguments.begin(), arguments.end());
    const std::size_t n = arguments.size();
    double result = std::fmod(std::accumulate(arguments.begin(), arguments.end(), 0.0), 10.0);
    if (*op == Min) result = arguments[0];
    if (*op == Max) result = arguments[n - 1];
    if (*op == Median)
      result = std::floor(n % 2 == 1 ? arguments[n / 2] : (arguments[n / 2 - 1] + arguments[n / 2]) / 2);
    *op = static_cast<std::uint8_t>(Digit0 + static_cast<int>(result));
    tokens.erase(op + 1, end + 1);
  }
  return tokens[0] - Digit0;
}

Dataset drawn(int shortest, int longest, std::size_t count) {
  return draw_sequences("list_ops", {.shortest = shortest, .longest = longest},
                        static_cast<std::size_t>(longest), Split::Test, count);
}

Tokens without_fill(const Dataset& data, std::size_t i) {
  const auto begin = data.inputs.begin() + static_cast<std::ptrdiff_t>(i * data.input_size);
  const auto end = begin + static_cast<std::ptrdiff_t>(data.input_size);
  return {begin, std::find(begin, end, Fill)};
}

}  // namespace

TEST_CASE("expressions of ListOps have the value worked out by hand", "[data][list_ops]") {
  CHECK(value("7") == 7);
  CHECK(value("[MIN 4 2 9 ]") == 2);
  CHECK(value("[MAX 4 2 9 ]") == 9);
  CHECK(value("[MED 4 2 9 ]") == 4);
  CHECK(value("[MED 1 2 ]") == 1);  // 1.5, truncated
  CHECK(value("[MED 9 0 6 5 ]") == 5);
  CHECK(value("[SM 7 8 9 ]") == 4);
  CHECK(value("[MAX 2 9 [MIN 4 7 ] 0 ]") == 9);  // the example of the paper
  CHECK(value("[SM [MAX 3 8 ] [MED 5 1 [SM 9 9 ] ] 7 ]") == 0);
  CHECK(value("[MIN 8 9 ] . . .") == 8);
  CHECK(list_ops_to_text(list_ops_from_text("[SM 1 [MIN 2 3 ] ] .")) == "[SM 1 [MIN 2 3 ] ] .");
}

TEST_CASE("what is no expression of ListOps is refused with its place", "[data][list_ops][error]") {
  CHECK_THROWS_WITH(value("[MAX 2 9"), Contains("token 3 of 3: the expression is not ended"));
  CHECK_THROWS_WITH(value("[MAX ]"), Contains("without arguments"));
  CHECK_THROWS_WITH(value("2 9"), Contains("token 1 of 2: the expression has ended before"));
  CHECK_THROWS_WITH(value("] 3"), Contains("neither a digit nor an operator"));
  CHECK_THROWS_WITH(value("[MAX 2 [FIRST 9 ] ]"), Contains("'[FIRST' is no token"));
  CHECK_THROWS_AS(value("[SM 1 . ]"), UserError);
}

TEST_CASE("drawn expressions have the published form and the value of another evaluator",
          "[data][list_ops]") {
  const Dataset data = drawn(4, 64, 2000);
  std::vector<double> operators(4);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const Tokens tokens = without_fill(data, i);
    REQUIRE((tokens.size() > 4 && tokens.size() < 64));
    REQUIRE(reduced(tokens) == data.labels[i]);
    std::vector<int> arguments;
    for (const std::uint8_t token : tokens) {
      if (token != End && !arguments.empty()) ++arguments.back();
      if (token >= Min && token <= SumModulo) {
        operators[static_cast<std::size_t>(token - Min)] += 1.0;
        arguments.push_back(0);
        REQUIRE(arguments.size() <= 9);
      }
      if (token != End) continue;
      REQUIRE((arguments.back() >= 2 && arguments.back() <= 10));
      arguments.pop_back();
    }
  }
  const double mean = std::accumulate(operators.begin(), operators.end(), 0.0) / 4;
  double chi_square = 0.0;
  for (const double n : operators) chi_square += (n - mean) * (n - mean) / mean;
  CHECK(chi_square < 21.1);  // three degrees of freedom, false-alarm rate 1e-4
}

TEST_CASE("expressions of the published lengths can be drawn", "[data][list_ops]") {
  const Dataset data = drawn(500, 2000, 6);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const Tokens tokens = without_fill(data, i);
    CHECK((tokens.size() > 500 && tokens.size() < 2000));
    CHECK(reduced(tokens) == data.labels[i]);
  }
}

}  // namespace mimosa
