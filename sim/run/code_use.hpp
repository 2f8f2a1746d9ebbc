// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/converter/levels.hpp"
#include "sim/run/diagnosis_result.hpp"

namespace mimosa {

/// Counts the codes that values get from a converter that clips and rounds. Codes of more than 16 bits are
/// counted in groups of a power of two.
class CodeCounter {
 public:
  /// `half_steps`: steps in half the range; codes run from −half_steps to half_steps.
  CodeCounter(double half_steps, Levels levels);
  /// Values over half the range: −1 … 1 is the range.
  void add(std::span<const float> values, double range);
  [[nodiscard]] CodeUse summary() const;

 private:
  [[nodiscard]] double quantile(double share) const;
  double half_steps_;
  double shift_;  ///< of even levels: codes are half-integers
  std::size_t group_ = 1, codes_;
  std::int64_t values_ = 0, clipped_ = 0, limits_ = 0;
  std::vector<std::int64_t> counts_;
};

}  // namespace mimosa
