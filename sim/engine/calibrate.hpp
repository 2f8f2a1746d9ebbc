// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <vector>

#include "hw/program/datapath.hpp"
#include "models/nn/graph.hpp"
#include "sim/config/experiment.hpp"

namespace mimosa {

/// Fits the converter ranges of every stage on images the network was not trained on: the DAC's to a
/// percentile of the float network's input magnitudes, the ADC's to one of the ideal arrays' column sums for
/// these inputs, unless the chip fixes it (one range for all arrays of a layer, so that partial sums add up
/// as codes; with weight slices, one a slice, powers of two apart, so that adding their codes stays exact).
/// `images` as for `reference_logits`. Of `device` only the conductance range counts.
[[nodiscard]] std::vector<ConverterRange> calibrate(const Network& network, const Program& program,
                                                    const ChipSpec& chip, const DeviceOfLayer& device,
                                                    const CalibrationOptions& options,
                                                    std::span<const float> images);

}  // namespace mimosa
