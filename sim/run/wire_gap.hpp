// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <vector>

#include "hw/program/datapath.hpp"
#include "sim/config/experiment.hpp"
#include "sim/run/wire_gap_result.hpp"

namespace mimosa {

/// Images that the sample's inputs come from: those of two passes.
[[nodiscard]] int wire_gap_images(const Network& network);

/// What the chosen treatment of the wires leaves out, on a sample: one array of each layer and four of its
/// inputs, both addressed by seed and layer; all columns; the float network's inputs for `images` ([input]
/// [channel][y][x], held out); no read noise. The other side is the same cells read one by one in the network
/// of all its nodes. Non-linear cells by pulse width are compared at one instant of the pulses each. 50 to
/// 300 ms a layer of 256 × 256 cells.
[[nodiscard]] WireGapResult wire_gap(const Datapath& chip, const Experiment& experiment,
                                     std::span<const ConverterRange> ranges, std::span<const float> images);

}  // namespace mimosa
