// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// Picojoules of every event that costs energy: the chip's own figures, or where it has none those of the
/// survey of converters; logic of another node scaled to the chip's.
struct EventCosts {
  double read = 0.0;                         ///< one read of one array, a lump; or its parts:
  double drive = 0.0, input_register = 0.0;  ///< a word line driven once
  double cell_read = 0.0;                    ///< one cell
  double driven_ns = 0.0;                    ///< activity: data; 1 nS of cells with the largest input
  double driven_milli = 0.0;                 ///< and a thousandth of a word line driven with it
  double sample_hold = 0.0, conversion = 0.0, shift_add = 0.0;  ///< a column sum
  double output_register = 0.0;                                 ///< a result
  double add = 0.0, mul = 0.0, special = 0.0;                   ///< vector unit
  double mac = 0.0;                                             ///< matrix unit
  double buffer_read = 0.0, buffer_write = 0.0, bus = 0.0;      ///< a byte
  double bit_hop = 0.0, io_bit = 0.0, instruction = 0.0;
};
[[nodiscard]] EventCosts event_costs(const ChipSpec& chip);

/// Cells of an array.
[[nodiscard]] double cells_of_array(const ChipSpec& chip);
/// Energy and area of one output converter.
[[nodiscard]] ComponentCost adc_cost(const ChipSpec& chip);

}  // namespace mimosa
