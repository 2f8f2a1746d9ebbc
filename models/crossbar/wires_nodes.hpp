// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <vector>

#include "models/crossbar/wires.hpp"

namespace mimosa {

/// What bends the current of each cell, odd in its voltage V (in V): I = G V + square · V|V| + cube · V³,
/// with [rows][cols] coefficients in uS/V and uS/V². Empty: straight.
struct CellBend {
  std::span<const double> square, cube;
};

/// Operating point of an array, all [rows][cols] but `out_ua` [cols]. Currents in uA flow along the word line
/// away from its driver, from word line to bit line, and down the bit line.
struct WireSolution {
  std::vector<double> word_v, bit_v;  ///< separate source: word_v is the source line's
  std::vector<double> cell_ua;
  std::vector<double> word_ua;  ///< in the segment before each cell
  std::vector<double> bit_ua;   ///< in the segment behind each cell
  std::vector<double> out_ua;
  int iterations = 0;  ///< Newton steps
};

/// Voltages of the drivers [rows]: the inputs, or with separate sources the one voltage of those that are not
/// 0. UserError that names `where`: inputs of several voltages there.
[[nodiscard]] std::vector<double> driver_volts(const WireSpec& wires, std::span<const double> inputs_v,
                                               const std::string& where);

/// Solves every node of either topology, whatever `wires.level`, for inputs [rows] in V by a sparse Newton
/// iteration until the cell currents change by less than 1e-12 of the largest. Separate source: an input of 0
/// switches its row off, all others are the voltage of the source lines. UserError that names `where`: inputs
/// of several voltages there; no solution within 50 steps (cells whose current falls with voltage).
[[nodiscard]] WireSolution solve_nodes(const CellGrid& cells, const WireSpec& wires,
                                       std::span<const double> inputs_v, const std::string& where,
                                       const CellBend& bend = {});

/// What `noise_attenuations` leave out at other inputs than full ones: for each column, the deviation of its
/// output noise with them over the exact one, minus 1. `sigma_us` [rows][cols] is the white noise of each
/// conductance, inputs [rows] are as in `solve_nodes`. A solve per column: for reports
/// and tests.
[[nodiscard]] std::vector<double> noise_attenuation_errors(const CellGrid& cells, const WireSpec& wires,
                                                           std::span<const double> sigma_us,
                                                           std::span<const double> inputs_v,
                                                           const std::string& where);

}  // namespace mimosa
