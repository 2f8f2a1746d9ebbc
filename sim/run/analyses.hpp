// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "sim/engine/calibrate.hpp"
#include "sim/run/corrections.hpp"
#include "sim/run/run.hpp"

namespace mimosa {

/// Adds the diagnosis and the error budget where `request` asks for them, on the images of `held_out`.
void add_analyses(RunResult& result, const Network& network, const Program& program,
                  const Experiment& experiment, const std::vector<ConverterRange>& ranges,
                  const Corrections& corrections, const Dataset& held_out, const RunRequest& request);

}  // namespace mimosa
