// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "sim/cli/arguments.hpp"

namespace mimosa {

/// Whether the first operand is a verb on a store, not an experiment.
[[nodiscard]] bool is_sweep_verb(const std::string& word);
/// `sweep status DIR`, `sweep collect DIR`, `sweep cancel DIR`.
int sweep_verb(const Arguments& arguments);

/// Submits a job array of shards to Slurm, or prints its script where --dry-run is said. `name`: of the
/// experiment.
int launch_on_slurm(const Arguments& arguments, const std::string& name, const std::string& folder,
                    const SlurmOptions& options);

}  // namespace mimosa
