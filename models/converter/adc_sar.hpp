// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/converter/adc_draws.hpp"

namespace mimosa {

/// Successive approximation (Spear et al., JXCDC 2023; CrossSim sar_adc.py): sign, then a binary search of
/// the magnitude against a capacitor DAC, binary or split, one DAC and comparator for `columns_per_adc`
/// columns. Departs from CrossSim, which draws one set of capacitors for all converters and has an amplifier
/// here.
class SarConverter {
 public:
  SarConverter(const AdcSpec& spec, std::uint64_t key, std::size_t first_column, std::size_t columns);
  [[nodiscard]] double code(std::size_t column, double steps) const {
    const std::size_t converter = groups_.local[column];
    const double value = steps + offsets_[converter];
    const double* bits = weights_.data() + converter * magnitude_bits_;
    // A comparator that sees its own level says "not below", whatever the sign.
    if (value >= 0.0) return search(bits, value, [](double v, double level) { return v >= level; }) - shift_;
    const double code = -search(bits, -value, [](double v, double level) { return v > level; });
    return std::max(code - shift_, lowest_);
  }
  /// What the bits of a column's DAC weigh in steps, lowest first.
  [[nodiscard]] std::span<const double> bit_weights(std::size_t column) const {
    return {weights_.data() + groups_.local[column] * magnitude_bits_, magnitude_bits_};
  }

 private:
  template <class Reaches>
  [[nodiscard]] double search(const double* bits, double magnitude, Reaches reaches) const {
    double level = 0.0;
    int found = 0;
    for (std::size_t k = magnitude_bits_; k-- > 0;) {
      const double trial = level + bits[k];
      const bool set = reaches(magnitude, trial);
      level = set ? trial : level;
      found = 2 * found + static_cast<int>(set);
    }
    return found + 0.5;
  }

  AdcGroups groups_;
  std::size_t magnitude_bits_;
  double shift_, lowest_;        ///< symmetric levels: the search runs half a step higher
  std::vector<double> weights_;  ///< converters × magnitude bits
  std::vector<double> offsets_;  ///< per converter, the shift included
};

}  // namespace mimosa
