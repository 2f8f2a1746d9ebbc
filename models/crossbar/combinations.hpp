// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/crossbar/array_spec.hpp"
#include "models/device/device_spec.hpp"

namespace mimosa {

/// True where cells are not linear in the voltage.
[[nodiscard]] bool has_bent_cells(const DeviceSpec& device);
/// True where lines with resistance change the currents.
[[nodiscard]] bool has_wires(const WireSpec& wires);

/// True where the sums of the columns have no law of their own and are made cell by cell (cell_reads.hpp):
/// noise of bent cells, bent or switching cells behind wires, rows that are switched beside source lines. By
/// pulse width bent cells without such noise are linear cells, of their chords.
[[nodiscard]] bool needs_cell_reads(const DeviceSpec& device, const ArraySpec& array);

/// UserError where cells and array have no meaning together: a line approximation of cells that are not
/// linear or not constant, several voltages on one source line.
void check_combination(const DeviceSpec& device, const ArraySpec& array);

}  // namespace mimosa
