// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

#include "models/device/cell_range.hpp"
#include "models/device/programming_spec.hpp"

namespace mimosa {

struct ProgrammingDraws;

/// Program-and-verify of a row of cells that start at g_min: a verify read (with noise), stop where it lies
/// within the tolerance, else one pulse that aims at the difference, at most ±step, and moves by a relative
/// normal error; up to max_iterations pulses. `out_us`: where the cells are; `pulses`: how many each took.
/// The scheme is that of Joshi, Nat. Commun. 11:2473 (2020), Methods, and of HERMES (≤ 30 iterations); step
/// and noises are the user's. Read and pulse number k of a device have random numbers of their own.
void program_and_verify(const WriteVerifySpec& spec, const CellRange& range,
                        std::span<const double> targets_us, const ProgrammingDraws& draws,
                        std::span<double> out_us, std::span<std::uint32_t> pulses);

}  // namespace mimosa
