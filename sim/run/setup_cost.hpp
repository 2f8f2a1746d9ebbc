// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>

#include "hw/program/datapath.hpp"
#include "sim/config/experiment.hpp"
#include "sim/run/setup_result.hpp"

namespace mimosa {

/// What a chip's calibration costs: 2 · rows MVMs per array for a drift read-out by the ADC (after
/// programming and now), every MVM of the passes of a fit; each times the chip's cost of an MVM. The vector
/// units' work and the host's are not counted.
[[nodiscard]] CalibrationResult calibration_cost(const Program& program, const Experiment& experiment);
/// What programming cost; absent where no layer's law counts pulses. A cell of the write-verify law is read
/// once before each pulse and once more; reads between the trains of the pulse law are not counted.
[[nodiscard]] std::optional<ProgrammingResult> programming_cost(const Datapath& chip,
                                                                const Experiment& experiment);

}  // namespace mimosa
