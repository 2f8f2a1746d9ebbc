// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <span>

#include "sim/run/causes.hpp"
#include "sim/run/diagnosis_result.hpp"

namespace mimosa {

/// Images a diagnosis looks at, and where they stand among the held-out ones: after those that calibrated the
/// converters, or at the end where too few are left.
constexpr std::size_t diagnosed_images = 64;

/// Says per layer and slot what disturbs its output, how its converters are used, and what the slots do to
/// each other, on chip sample 0.
///
/// Every layer gets the float network's inputs. With y the output without any cause and y_c with one cause
/// alone, the signal is the variance of y about its channels' means, the noise the mean of (y_c − y)²; both
/// over images, positions and channels. Beside the acting causes: `all` (the experiment's chip) and
/// `exact_to_float` (y against the float network: weight bits, clipping, rounding of what is called exact).
/// Codes are those of a converter that clips and rounds: a DAC's for the float inputs of every word line, an
/// ADC's for the column sums of the chip's cells without read noise, over all slices, parts and blocks.
/// `images`: [input][channel][y][x] normalised, of at least two passes. `corrections`: fitted anew to the
/// chip of every cause, and to the one without; null: none.
[[nodiscard]] DiagnosisResult diagnose(const Network& network, const Program& program,
                                       const Experiment& experiment,
                                       const std::vector<ConverterRange>& ranges,
                                       std::span<const float> images,
                                       const Corrections* corrections = nullptr);

}  // namespace mimosa
