// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "models/converter/adc_spec.hpp"
#include "models/converter/dac.hpp"
#include "models/crossbar/wires.hpp"

namespace mimosa {

/// Pair: g⁺ − g⁻, subtracted before the ADC. Offset: one cell holds the weight plus a constant.
enum class WeightScheme { Pair, Offset };
/// One: the cell of the other sign idles at g_min. Two: both cells move about the middle.
enum class PairSides { One, Two };
/// What undoes the constant of an offset scheme: Σ x times a number, or a column of the constant, digitised
/// by the same ADC.
enum class OffsetRemoval { Digital, UnitColumn };
/// One factor for a layer's weights, or one a column.
enum class WeightScale { Array, Column };

/// How weights become conductances.
struct WeightSpec {
  WeightScheme scheme = WeightScheme::Pair;
  PairSides sides = PairSides::One;
  OffsetRemoval offset = OffsetRemoval::Digital;
  WeightScale scale = WeightScale::Array;
  int bits = 0;       ///< of the weights, sign included; 0: not quantised
  int cell_bits = 0;  ///< of a cell, so that a weight takes ⌈bits / cell_bits⌉ slices; 0: one
  int pairs = 1;      ///< cells (pairs) in parallel that share a weight
  double clip_percentile = 100.0;  ///< of |w|; the full scale of the conductances, larger weights saturate
};

/// How an array is read.
struct ReadSpec {
  int repeats = 1;  ///< reads of everything, averaged after the ADC
  int phases = 1;   ///< 1: signed inputs at once; 2: one sign after the other; 4: and each polarity apart
};

/// An array with its converters: everything between codes of inputs and codes of results but the cells.
struct ArraySpec {
  WeightSpec weights;
  DacSpec dac;
  ReadSpec read;
  WireSpec wires;
  AdcSpec adc;
};

template <class Visitor>
void describe(Visitor& v, WeightSpec& s) {
  v.choice("scheme", s.scheme, "differential pairs, or one cell with an offset",
           {{"pair", WeightScheme::Pair}, {"offset", WeightScheme::Offset}});
  v.choice("sides", s.sides, "pair: cells that move with a weight",
           {{"one", PairSides::One}, {"two", PairSides::Two}});
  v.choice("offset", s.offset, "offset: what removes the constant",
           {{"digital", OffsetRemoval::Digital}, {"unit_column", OffsetRemoval::UnitColumn}});
  v.choice("scale", s.scale, "full scale of the conductances: one a layer, or one a column",
           {{"array", WeightScale::Array}, {"column", WeightScale::Column}});
  v.field("bits", s.bits, "bits", "weights, sign included; 0: not quantised", 0, 16);
  v.field("cell_bits", s.cell_bits, "bits", "of one cell, weights are cut into slices; 0: one cell", 0, 8);
  v.field("pairs", s.pairs, "1", "cells (pairs) in parallel that share a weight", 1, 16);
  v.field("clip_percentile", s.clip_percentile, "%", "of |w|: full scale, larger weights saturate", 50.0,
          100.0);
}

template <class Visitor>
void describe(Visitor& v, ReadSpec& s) {
  v.field("repeats", s.repeats, "1", "reads of everything, averaged after the ADC", 1, 256);
  v.field("phases", s.phases, "1",
          "1: signed inputs at once; 2: one sign after the other; 4: each polarity apart too", 1, 4);
}

/// UserError where keys contradict each other or have no effect.
void check(const ArraySpec& spec);

/// No result of an MVM (Array::mvm) is larger: codes that are put together are scaled to less than two codes.
[[nodiscard]] double largest_result(const ArraySpec& spec);

/// A cut of every weight that one cell holds: digit = (magnitude >> shift) mod (full + 1), stored as digit /
/// full of the range; every slice has cells of the same bits. Not quantised: full = 0.
struct WeightSlice {
  int shift = 0;
  int full = 0;
  double coefficient = 1.0;  ///< of the slice's column sums when results are put together
};
[[nodiscard]] std::vector<WeightSlice> weight_slices(const WeightSpec& spec);
/// Results in units of (range of a cell) · x are this many units of w · x.
[[nodiscard]] double weight_unit(const WeightSpec& spec);
/// Position of a cell in its range, 0 … 1, for a weight in −1 … 1 and a polarity (0 positive or offset, 1
/// negative).
[[nodiscard]] double cell_level(const WeightSpec& spec, const WeightSlice& slice, double weight,
                                int polarity);
/// The same for the constant of an offset scheme.
[[nodiscard]] double unit_level(const WeightSpec& spec, const WeightSlice& slice);

/// What an offset scheme adds to Σ g·x / Σ x, slices put together, g over g_max.
[[nodiscard]] double offset_constant(const WeightSpec& spec, double g_min);

/// True where an offset is a column of the constant, beside the logical ones.
[[nodiscard]] bool has_unit_column(const WeightSpec& spec);

/// Logical columns that fit `column_pairs` pairs of bit lines, and applications of inputs one MVM takes.
[[nodiscard]] int logical_cols(const ArraySpec& spec, int column_pairs);
[[nodiscard]] int reads_per_mvm(const ArraySpec& spec);
/// Bits of a result, all reads added.
[[nodiscard]] int result_bits(const ArraySpec& spec);
/// Additions that put the reads of one logical column together.
[[nodiscard]] int adds_per_column(const ArraySpec& spec);

/// ADC range of a layer whose largest array has `rows` word lines, per weight slice, in units of Σ g·x with g
/// over g_max; empty where it must be calibrated. `g_min`: over g_max.
[[nodiscard]] std::vector<double> fixed_ranges(const ArraySpec& spec, int rows, double g_min);

}  // namespace mimosa
