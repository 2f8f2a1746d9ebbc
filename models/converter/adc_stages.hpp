// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/converter/adc_draws.hpp"

namespace mimosa {

/// Pipeline and cyclic converters (Spear et al., JXCDC 2023; CrossSim pipeline_adc.py, cyclic_adc.py): bits −
/// 1 stages of 1.5 bits with digital correction and one comparator at the end. A pipeline has stages with
/// errors of their own, a cyclic one uses one stage again and again. One converter for `columns_per_adc`
/// columns.
class StageConverter {
 public:
  StageConverter(const AdcSpec& spec, std::uint64_t key, std::size_t first_column, std::size_t columns);
  [[nodiscard]] double code(std::size_t column, double steps) const {
    const std::size_t converter = groups_.local[column];
    const Stage* stage = stages_.data() + converter * stage_count_;
    double residue = (steps + shift_) * scale_;
    int code = 0;
    for (std::size_t n = 0; n < stage_count_; ++n) {
      const int digit = static_cast<int>(residue >= stage[n].high) -
                        static_cast<int>(residue < std::min(stage[n].low, stage[n].high));
      code = 2 * code + digit;
      residue = stage[n].gain * residue - digit * stage[n].reference;
    }
    return std::max(code + (residue >= last_[converter] ? 0.5 : -0.5) - shift_, lowest_);
  }

 private:
  /// V ← ((1 + C2/C1) V − d V_ref C2/C1) / (1 + 1/(Aβ)), d = 1 above `high`, −1 below `low`; in units of
  /// V_ref.
  struct Stage {
    double high = 0.25, low = -0.25, gain = 2.0, reference = 1.0;
  };
  [[nodiscard]] static Stage draw_stage(const AdcSpec& spec, std::uint64_t key, std::size_t converter,
                                        std::size_t number);

  AdcGroups groups_;
  std::size_t stage_count_;
  double shift_, scale_, lowest_;  ///< V_ref is half a step beyond the outermost even level
  std::vector<Stage> stages_;      ///< converters × stages
  std::vector<double> last_;       ///< threshold of the last comparator, per converter
};

}  // namespace mimosa
