// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <vector>

#include "sim/run/causes.hpp"
#include "sim/run/diagnosis_result.hpp"

namespace mimosa {

struct CrosstalkTask {
  const Network& network;
  const Program& program;
  const Experiment& experiment;
  const Causes& causes;
  std::span<const float> images;  ///< [input][channel][y][x] normalised; at least two passes
};

/// Splits what stands at each slot's unbound output u_j into powers (means over passes and features). A
/// replaced input i of a pass is input i of the next pass; Δ_i is what that changes; slot j holds input j mod
/// n.
/// - signal: ½ mean (Δ_own u_j)², float network. For independent images it is the variance of what the slot's
///   own input contributes.
/// - partner i: ½ mean (Δ_i u_j)², of the float network (training's residual) and of the chip with every
///   cause (same chip sample, same draws of read noise). Of a linear network it is the variance of the
///   cross-talk term, which the keys give.
/// - own error: mean (u_j on the chip − u_j of the float network)², nothing replaced.
/// - per layer L up to the unbinding: the error e_j where only L's causes act; mean e_j², and per partner ½
///   mean (Δ_i e_j)², the part of it that this partner carries.
/// Empty where the network unbinds nothing.
[[nodiscard]] std::vector<SlotCrosstalk> measure_crosstalk(const CrosstalkTask& task);

}  // namespace mimosa
