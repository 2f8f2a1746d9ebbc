// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "models/converter/adc_spec.hpp"

namespace mimosa {

// Half-ranges of converters, in units of Σ g·x with g over g_max and x in −1 … 1 (CrossSim iadc.py).

/// The largest possible sum: as many as rows.
[[nodiscard]] double full_range(std::size_t rows);

/// The smallest difference of two sums where cells hold `cell_bits` and inputs arrive in slices of
/// `slice_bits`: the largest slice, which is `full_slice`, over (2^cell_bits − 1)(2^slice_bits − 1).
/// CrossSim's bit planes of a b-bit input have full_slice = 2^(b−1)/(2^(b−1) − 1), ours 1.
[[nodiscard]] double granular_step(int cell_bits, int slice_bits, double full_slice = 1.0);
/// Half the range whose step is `step`: it may clip.
[[nodiscard]] double granular_range(const AdcSpec& spec, double step);

/// Bits that lose nothing of a sum of `rows` products of `slice_bits`-bit inputs and `cell_bits`-bit cells,
/// all not negative (ISAAC, ISCA 2016): ⌈log2 rows⌉ + v + w, one less where v or w is 1, and one less where
/// heavy columns are stored flipped. Signed sums need one more.
[[nodiscard]] int lossless_bits(std::size_t rows, int slice_bits, int cell_bits, bool flipped = false);

/// Ranges of bit slices that shift-and-add exactly: each the smallest power of two times a common base that
/// covers the one wanted, with the base that gives away the least resolution in all. A slice that wants
/// nothing gets the smallest range of the others (1 where all want nothing).
[[nodiscard]] std::vector<double> power_of_two_ranges(std::span<const double> wanted);

}  // namespace mimosa
