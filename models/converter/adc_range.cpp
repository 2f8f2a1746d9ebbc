// SPDX-License-Identifier: Apache-2.0
#include "models/converter/adc_range.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace mimosa {
namespace {

double digits(int bits) {
  return std::ldexp(1.0, bits) - 1.0;
}

/// The smallest power of two times `base` that is not below `wanted`.
double cover(double base, double wanted) {
  double range = std::ldexp(base, std::ilogb(wanted / base) - 1);
  while (range < wanted) range *= 2.0;
  return range;
}

}  // namespace

double full_range(std::size_t rows) {
  return static_cast<double>(rows);
}

double granular_step(int cell_bits, int slice_bits, double full_slice) {
  return full_slice / (digits(cell_bits) * digits(slice_bits));
}

double granular_range(const AdcSpec& spec, double step) {
  return step * spec.half_steps();
}

int lossless_bits(std::size_t rows, int slice_bits, int cell_bits, bool flipped) {
  const int row_bits = rows > 1 ? static_cast<int>(std::bit_width(rows - 1)) : 0;
  const bool one_bit = slice_bits == 1 || cell_bits == 1;
  return row_bits + slice_bits + cell_bits - (one_bit ? 1 : 0) - (flipped ? 1 : 0);
}

std::vector<double> power_of_two_ranges(std::span<const double> wanted) {
  std::vector<double> best(wanted.size(), 1.0);
  double least_loss = std::numeric_limits<double>::infinity();
  for (const double base : wanted) {  // of the best ranges one fits exactly: else all could shrink
    if (!(base > 0.0)) continue;
    double loss = 1.0, smallest = std::numeric_limits<double>::infinity();
    std::vector<double> ranges(wanted.size(), 0.0);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!(wanted[i] > 0.0)) continue;
      ranges[i] = cover(base, wanted[i]);
      loss *= ranges[i] / wanted[i];
      smallest = std::min(smallest, ranges[i]);
    }
    std::replace(ranges.begin(), ranges.end(), 0.0, smallest);
    if (loss < least_loss) {
      least_loss = loss;
      best = ranges;
    }
  }
  return best;
}

}  // namespace mimosa
