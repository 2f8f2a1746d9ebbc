// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/converter/adc_spec.hpp"

namespace mimosa {

/// Ramp converters (Spear et al., JXCDC 2023; CrossSim ramp_adc.py, symmetric capacitor array): one capacitor
/// DAC with its amplifier for all columns of a key, one comparator a column; the code is that of the nearest
/// DAC level. Departs from CrossSim in one point: the feedback capacitor that sets the scale and the one in β
/// are one capacitor with one draw.
class RampConverter {
 public:
  RampConverter(const AdcSpec& spec, std::uint64_t key, std::size_t first_column, std::size_t columns);
  [[nodiscard]] double code(std::size_t column, double steps) const {
    const double value = steps + comparators_[column];
    std::size_t index = 0;
    for (std::size_t half = (thresholds_.size() + 1) / 2; half > 0; half /= 2)
      index += thresholds_[index + half - 1] <= value ? half : 0;
    return codes_[index];
  }
  /// The DAC's levels in steps, lowest code first.
  [[nodiscard]] std::span<const double> levels() const { return levels_; }

 private:
  void draw_levels(const AdcSpec& spec, std::uint64_t key);
  void sort_levels(const AdcSpec& spec);

  std::vector<double> levels_;
  std::vector<double> thresholds_;   ///< midpoints of the sorted levels, infinite up to 2^bits − 1 of them
  std::vector<double> codes_;        ///< of the sorted levels
  std::vector<double> comparators_;  ///< per column, in steps
};

}  // namespace mimosa
