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
/// these inputs (one range for all arrays of a layer, so that partial sums add up as codes). `images` as for
/// `reference_logits`.
[[nodiscard]] std::vector<ConverterRange> calibrate(const Network& network, const Program& program,
                                                    const ChipSpec& chip, const CalibrationOptions& options,
                                                    std::span<const float> images, std::size_t count);

}  // namespace mimosa
