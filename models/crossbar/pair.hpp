// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/crossbar/array.hpp"
#include "models/device/pcm.hpp"

namespace mimosa {

/// State of one row of differential pairs, conductances in units of g_max: what the programming left, and
/// what is there now.
struct PairRow {
  std::vector<double> programmed_weight, weight,
      total;  ///< g⁺ − g⁻ after programming, g⁺ − g⁻ and g⁺ + g⁻ now
};

/// Programs and ages the pairs of a block row by row. Both devices of a pair are programmed, the idle one to
/// zero, each with random numbers of its own: part 0 is the positive polarity, part 1 the negative.
class PairProgrammer {
 public:
  PairProgrammer(const DeviceSpec& device, const ArraySite& site, std::size_t rows, std::size_t cols);
  /// Row `row` of the block, with the targets `weights`. The result is valid until the next call.
  const PairRow& program(std::size_t row, std::span<const float> weights);

 private:
  void draw(std::uint32_t part, std::uint32_t first);
  void add_device(std::span<const float> weights, double sign);

  DeviceSpec device_;
  PcmAgeing ageing_;
  ArraySite site_;
  std::size_t layer_cols_;
  std::vector<float> programming_, exponent_, frozen_;
  PairRow row_;
};

}  // namespace mimosa
