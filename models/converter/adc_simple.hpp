// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "models/converter/adc_spec.hpp"

namespace mimosa {

// Each kind of converter has `code(column, steps)`: the centred code of a finite value in steps.

/// Clip and round half to even, CrossSim quantizer_adc.py: among the codes of symmetric levels, among the
/// indices of even ones.
class RoundingConverter {
 public:
  explicit RoundingConverter(const AdcSpec& spec)
      : half_(spec.half_steps()), shift_(spec.levels == Levels::Even ? half_ : 0.0) {}
  [[nodiscard]] double code(std::size_t, double steps) const {
    return std::clamp(std::nearbyint(steps + shift_), shift_ - half_, shift_ + half_) - shift_;
  }

 private:
  double half_, shift_;
};

/// Counts whole periods of an oscillator driven by the magnitude: the last part of a period is lost. HERMES
/// (Khaddam-Aljameh 2022). The counter saturates at 2^(bits−1) − 1, the oscillator at half the range.
class CounterConverter {
 public:
  explicit CounterConverter(const AdcSpec& spec) : most_(spec.full_code()) {}
  [[nodiscard]] double code(std::size_t, double steps) const {
    return std::clamp(std::trunc(steps), -most_, most_);
  }

 private:
  double most_;
};

}  // namespace mimosa
