// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>

#include "models/base/format.hpp"

namespace mimosa {

/// The digital unit's number format: every result of an operation is rounded to it once.
struct Rounding {
  NumberFormat format = NumberFormat::Fp32;
  int fraction_bits = 8;  ///< Int16 only
  int more_bits = 0;      ///< Int16 only: beyond the 16, at most 8
};

void round_values(std::span<float> x, Rounding rounding);

}  // namespace mimosa
