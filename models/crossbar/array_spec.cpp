// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/array_spec.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "models/base/error.hpp"
#include "models/converter/adc_range.hpp"

namespace mimosa {
namespace {

bool is_pair(const WeightSpec& spec) {
  return spec.scheme == WeightScheme::Pair;
}

/// Bits of the unsigned number that the cells of a polarity hold.
int magnitude_bits(const WeightSpec& spec) {
  return is_pair(spec) ? spec.bits - 1 : spec.bits;
}

/// 2^(bits−1) − 1: the integer of a weight of 1.
int full_weight(const WeightSpec& spec) {
  return (1 << (spec.bits - 1)) - 1;
}

int bias(const WeightSpec& spec) {
  return 1 << (spec.bits - 1);
}

int slice_count(const WeightSpec& spec) {
  if (spec.cell_bits == 0) return 1;
  return (magnitude_bits(spec) + spec.cell_bits - 1) / spec.cell_bits;
}

double digit_level(const WeightSlice& slice, int magnitude) {
  return static_cast<double>((magnitude >> slice.shift) & slice.full) / static_cast<double>(slice.full);
}

}  // namespace

double largest_result(const ArraySpec& spec) {
  return 2.0 * spec.adc.full_code();
}

void check(const ArraySpec& spec) {
  const WeightSpec& w = spec.weights;
  check(spec.dac);
  check(spec.adc);
  check(spec.wires);
  if (spec.wires.level != WireLevel::Ideal && !has_resistance(spec.wires))
    throw UserError(
        "chip.wires.level: only ideal has a meaning where no resistance is given; set chip.wires.word_ohm, "
        "bit_ohm, source_ohm or sense_ohm");
  if (spec.adc.range == AdcRange::Granular && w.bits == 0)
    throw UserError(
        "chip.adc.range: granular is the smallest difference of column sums, so weights must be quantised; "
        "set chip.weights.bits");
  if (w.bits == 1)
    throw UserError("chip.weights.bits: 1 has no room for a sign; allowed: 0 (not quantised) or 2 .. 16");
  if (w.cell_bits > 0 && w.bits == 0)
    throw UserError("chip.weights.cell_bits: slices need quantised weights; set chip.weights.bits");
  if (w.cell_bits > 0 && w.cell_bits >= w.bits)
    throw UserError("chip.weights.cell_bits: " + std::to_string(w.cell_bits) +
                    " is not less than chip.weights.bits (" + std::to_string(w.bits) +
                    "); 0 puts a weight into one cell");
  if (!is_pair(w) && w.sides == PairSides::Two)
    throw UserError("chip.weights.sides: two has no effect with scheme: offset");
  if (is_pair(w) && w.offset == OffsetRemoval::UnitColumn)
    throw UserError("chip.weights.offset: unit_column has no effect with scheme: pair");
  if (spec.read.phases == 3) throw UserError("chip.read.phases: 3 is not among 1, 2, 4");
  if (spec.read.phases == 4 && !is_pair(w))
    throw UserError(
        "chip.read.phases: 4 reads the polarities of pairs apart; scheme: offset has none, use 1 or 2");
  if (spec.read.phases > 1 && spec.dac.code == InputCode::TwosComplement)
    throw UserError("chip.read.phases: two's complement slices are unsigned already; use phases: 1");
  if (spec.read.phases > 1 && spec.dac.levels == Levels::Even)
    throw UserError(
        "chip.read.phases: even DAC levels have no zero for the inputs of the other sign; use symmetric "
        "levels");
}

std::vector<WeightSlice> weight_slices(const WeightSpec& spec) {
  if (spec.bits == 0) return {WeightSlice{}};
  std::vector<WeightSlice> slices;
  const int bits = magnitude_bits(spec), step = spec.cell_bits == 0 ? bits : spec.cell_bits;
  for (int shift = 0; shift < bits; shift += step)
    slices.push_back({shift, (1 << step) - 1, static_cast<double>(1 << shift)});
  return slices;
}

double weight_unit(const WeightSpec& spec) {
  if (spec.bits == 0) return is_pair(spec) ? 1.0 : 0.5;
  return static_cast<double>(full_weight(spec)) / static_cast<double>(weight_slices(spec).front().full);
}

double cell_level(const WeightSpec& spec, const WeightSlice& slice, double weight, int polarity) {
  double w = std::clamp(weight, -1.0, 1.0);
  if (spec.bits > 0) {
    const int n = static_cast<int>(std::nearbyint(w * full_weight(spec)));
    if (!is_pair(spec)) return digit_level(slice, n + bias(spec));
    w = std::copysign(digit_level(slice, std::abs(n)), w);
  }
  if (!is_pair(spec)) return (w + 1.0) / 2.0;
  const double sign = polarity == 0 ? 1.0 : -1.0;
  return spec.sides == PairSides::One ? std::max(0.0, sign * w) : (1.0 + sign * w) / 2.0;
}

double unit_level(const WeightSpec& spec, const WeightSlice& slice) {
  return spec.bits == 0 ? 0.5 : digit_level(slice, bias(spec));
}

double offset_constant(const WeightSpec& spec, double g_min) {
  double constant = 0.0;
  for (const WeightSlice& slice : weight_slices(spec))
    constant += slice.coefficient * (g_min + unit_level(spec, slice) * (1.0 - g_min));
  return constant;
}

bool has_unit_column(const WeightSpec& spec) {
  return !is_pair(spec) && spec.offset == OffsetRemoval::UnitColumn;
}

int logical_cols(const ArraySpec& spec, int column_pairs) {
  const WeightSpec& w = spec.weights;
  const int slices = slice_count(w), cells = slices * w.pairs;
  if (is_pair(w)) return column_pairs / cells;
  const int unit = has_unit_column(w) ? cells : 0;
  return std::max(0, 2 * column_pairs - unit) / cells;
}

int reads_per_mvm(const ArraySpec& spec) {
  const auto parts = static_cast<int>(input_parts(spec.dac, spec.read.phases > 1).size());
  return parts * (spec.read.phases == 4 ? 2 : 1) * spec.read.repeats;
}

int result_bits(const ArraySpec& spec) {
  double largest = 0.0;
  const std::vector<InputPart> parts = input_parts(spec.dac, spec.read.phases > 1);
  for (const InputPart& part : parts)
    for (const WeightSlice& slice : weight_slices(spec.weights))
      largest += std::fabs(part.coefficient) * slice.coefficient;
  return spec.adc.bits + static_cast<int>(std::ceil(std::log2(largest)));
}

int adds_per_column(const ArraySpec& spec) {
  const int conversions = reads_per_mvm(spec) * slice_count(spec.weights);
  return conversions - 1 + (is_pair(spec.weights) ? 0 : 1);
}

std::vector<double> fixed_ranges(const ArraySpec& spec, int rows, double g_min) {
  const std::vector<WeightSlice> slices = weight_slices(spec.weights);
  switch (spec.adc.range) {
    case AdcRange::Calibrated:
      return {};
    case AdcRange::Full:
      return std::vector<double>(slices.size(), full_range(static_cast<std::size_t>(rows)));
    case AdcRange::Fixed:
      return std::vector<double>(slices.size(), spec.adc.fixed_range);
    case AdcRange::Granular:
      break;
  }
  // One step is the smallest difference of two column sums: one digit of a cell times one digit of an input.
  std::vector<double> ranges;
  const double input = input_parts(spec.dac, spec.read.phases > 1).front().full;
  // The cells of two-sided pairs, read apart, move by half of it.
  const double cell = spec.read.phases == 4 && spec.weights.sides == PairSides::Two ? 0.5 : 1.0;
  for (const WeightSlice& slice : slices)
    ranges.push_back(
        granular_range(spec.adc, cell * (1.0 - g_min) / static_cast<double>(slice.full) / input));
  return ranges;
}

}  // namespace mimosa
