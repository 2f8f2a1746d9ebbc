// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/converter/adc.hpp"

namespace mimosa {

/// Code transition levels of one column in steps, lowest first: entry k is an input at which the code passes
/// from at most the k-th code to a higher one (2 · full_code of them; a missing code gives equal ones). Where
/// a converter is not monotone, one of several such inputs.
[[nodiscard]] std::vector<double> code_transitions(const Adc& adc, std::size_t column);

/// Integral non-linearity per transition in LSB, against the line through the first and the last one (IEEE
/// 1241, end points): T_k = first + LSB · k + INL_k. At least two transitions.
[[nodiscard]] std::vector<double> inl(std::span<const double> transitions);
/// Differential non-linearity per code between two transitions in LSB: width − 1; −1 is a missing code.
[[nodiscard]] std::vector<double> dnl(std::span<const double> transitions);

}  // namespace mimosa
