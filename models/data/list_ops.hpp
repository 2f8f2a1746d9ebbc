// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/data/sequence_tasks.hpp"

namespace mimosa {

/// Tokens of ListOps: 0 fills up; operators; the end of an operator's arguments; digits.
enum ListOpsToken : std::uint8_t { Fill, Min, Max, Median, SumModulo, End, Digit0 };
constexpr int list_ops_tokens = Digit0 + 10;

/// ListOps of the Long Range Arena (Tay et al., ICLR 2021; parentheses left out): a node is an operator with
/// probability 1/4, of 2 to 10 arguments, down to depth 10, else a digit. Empty where the number of tokens is
/// not between `shortest` and `longest` of the task, exclusive.
[[nodiscard]] std::optional<Example> list_ops(const TaskSpec& task, Draws& draws);

/// Value of an expression, fill-up behind it ignored; MED is the truncated median, SM the sum modulo 10.
/// UserError where it is none.
[[nodiscard]] int evaluate_list_ops(std::span<const std::uint8_t> tokens);

/// "[MAX 2 [SM 7 8 ] ]" to tokens and back.
[[nodiscard]] std::vector<std::uint8_t> list_ops_from_text(const std::string& text);
[[nodiscard]] std::string list_ops_to_text(std::span<const std::uint8_t> tokens);

}  // namespace mimosa
