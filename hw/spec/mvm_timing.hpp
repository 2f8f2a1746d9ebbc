// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// Whole clock cycles from inputs to codes of an MVM, and between two MVMs of an array. Of a lump, the
/// published times for every read. Of components, a read takes step_ns and the pulses of its inputs, then its
/// `cols` logical columns take turns at the converters; with sample-and-hold the next read runs meanwhile.
struct MvmTiming {
  std::int64_t latency_cycles = 1, interval_cycles = 1;
};
[[nodiscard]] MvmTiming mvm_timing(const ChipSpec& chip, int cols);
/// Of an array whose columns are all used.
[[nodiscard]] MvmTiming mvm_timing(const ChipSpec& chip);

/// Cycles [from, to) from the first of `mvms` MVMs in a row in which an array's converters work: ascending
/// and apart, whole cycles where they work in a part. A lump does not tell its converters apart: they count
/// as working all the time.
struct ConverterSpan {
  std::int64_t from = 0, to = 0;
};
[[nodiscard]] std::vector<ConverterSpan> converter_spans(const ChipSpec& chip, int cols, int mvms);

/// Reads that a lump's figures are of.
[[nodiscard]] int reads_of_lump(const ChipSpec& chip);
/// Mean nanoseconds between two reads of one array, its `cols` logical columns converted.
[[nodiscard]] double read_interval_ns(const ChipSpec& chip, int cols);

/// UserError where times are below the clock's resolution or converters exceed columns.
void check_mvm_cost(const ChipSpec& chip);

}  // namespace mimosa
