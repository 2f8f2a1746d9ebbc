// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "sim/cli/arguments.hpp"
#include "sim/config/experiment.hpp"
#include "sim/report/results_folder.hpp"
#include "traces/options.hpp"

namespace mimosa {

/// UserError where --vcd, --timeline, --from and --to contradict one another or the experiment.
void check_traces(const Arguments& arguments, const Experiment& experiment);

/// What they ask for, to be written into the folder.
[[nodiscard]] TraceOptions trace_options(const Arguments& arguments, const ResultsFolder& folder);

}  // namespace mimosa
