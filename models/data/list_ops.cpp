// SPDX-License-Identifier: Apache-2.0
#include "models/data/list_ops.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>
#include <sstream>
#include <string_view>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

constexpr int deepest = 10, most_arguments = 10;
constexpr std::array<std::string_view, list_ops_tokens> words{
    ".", "[MIN", "[MAX", "[MED", "[SM", "]", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

/// Appends a random tree; false where it grows beyond `most` tokens.
bool grow(Draws& draws, int depth, std::size_t most, std::vector<std::uint8_t>& tokens) {
  if (tokens.size() >= most) return false;
  if (depth >= deepest || draws.below(4) != 0) {
    tokens.push_back(static_cast<std::uint8_t>(Digit0 + draws.below(10)));
    return true;
  }
  tokens.push_back(static_cast<std::uint8_t>(Min + draws.below(4)));
  const std::uint32_t arguments = 2 + draws.below(most_arguments - 1);
  for (std::uint32_t i = 0; i < arguments; ++i)
    if (!grow(draws, depth + 1, most, tokens)) return false;
  tokens.push_back(End);
  return tokens.size() <= most;
}

int apply(std::uint8_t op, std::vector<int>& arguments) {
  std::sort(arguments.begin(), arguments.end());
  const std::size_t count = arguments.size();
  if (op == Min) return arguments.front();
  if (op == Max) return arguments.back();
  if (op == Median) return (arguments[(count - 1) / 2] + arguments[count / 2]) / 2;
  return std::accumulate(arguments.begin(), arguments.end(), 0) % 10;
}

/// Reads one expression after the other.
class Evaluator {
 public:
  explicit Evaluator(std::span<const std::uint8_t> tokens) : tokens_(tokens) {}

  int expression() {
    const std::uint8_t token = take();
    if (token >= Digit0 && token < list_ops_tokens) return token - Digit0;
    if (token < Min || token > SumModulo) refuse("neither a digit nor an operator");
    std::vector<int> arguments;
    while (at_ < tokens_.size() && tokens_[at_] != End) arguments.push_back(expression());
    (void)take();
    if (arguments.empty()) refuse("an operator without arguments ends");
    return apply(token, arguments);
  }

  void expect_fill() {
    for (; at_ < tokens_.size(); ++at_)
      if (tokens_[at_] != Fill) refuse("the expression has ended before");
  }

 private:
  std::uint8_t take() {
    if (at_ == tokens_.size()) refuse("the expression is not ended");
    return tokens_[at_++];
  }

  [[noreturn]] void refuse(std::string_view what) const {
    throw UserError(fmt::format("ListOps: token {} of {}: {}", at_, tokens_.size(), what));
  }

  std::span<const std::uint8_t> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<Example> list_ops(const TaskSpec& task, Draws& draws) {
  Example example;
  const auto most = static_cast<std::size_t>(task.longest) - 1;
  if (!grow(draws, 1, most, example.tokens) ||
      example.tokens.size() <= static_cast<std::size_t>(task.shortest))
    return std::nullopt;
  example.context = example.tokens.size();
  example.answer = evaluate_list_ops(example.tokens);
  return example;
}

int evaluate_list_ops(std::span<const std::uint8_t> tokens) {
  Evaluator evaluator(tokens);
  const int value = evaluator.expression();
  evaluator.expect_fill();
  return value;
}

std::vector<std::uint8_t> list_ops_from_text(const std::string& text) {
  std::vector<std::uint8_t> tokens;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) {
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end())
      throw UserError(fmt::format("ListOps: '{}' is no token; allowed: {}", word, fmt::join(words, " ")));
    tokens.push_back(static_cast<std::uint8_t>(found - words.begin()));
  }
  return tokens;
}

std::string list_ops_to_text(std::span<const std::uint8_t> tokens) {
  std::vector<std::string_view> text;
  for (const std::uint8_t token : tokens) text.push_back(words.at(token));
  return fmt::format("{}", fmt::join(text, " "));
}

}  // namespace mimosa
