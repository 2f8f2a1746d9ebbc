// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>

#include "hw/program/datapath.hpp"
#include "sim/engine/reference_passes.hpp"

// What a programmed chip sample is corrected by in its digital constants. Images are held-out training
// images; read noise of the fits has pass numbers that no run reaches.
namespace mimosa {

/// Fits gain and offset of every column of every replica: least squares of the float network's layer result
/// (batch norm folded in) on the chip's, both for the float network's inputs of the layer. A column whose
/// results do not vary keeps its gain; row blocks that add up share one, so gains that differ between them
/// stay. Noise of the reads makes gains smaller, as least squares must.
void fit_columns(Datapath& chip, const ReferencePasses& reference);

/// Gives every batch norm the mean and (biased) variance of its input on this chip sample, layer after
/// layer, so that a layer is fed by corrected ones: AdaBS, Joshi et al., Nature Communications 11:2473
/// (2020), with all images as one batch. Replicas share a norm's statistics. `inputs`: [pass][input][y][x]
/// [channel]; all passes are held at once.
void recalibrate_batch_norms(Datapath& chip, std::span<const float> inputs);
/// The same of a chip whose stage s is *of_stage[s].
void recalibrate_batch_norms(std::span<Datapath* const> of_stage, std::span<const float> inputs);

}  // namespace mimosa
