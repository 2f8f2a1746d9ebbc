// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "sim/config/config_error.hpp"
#include "sim/config/experiment.hpp"
#include "sim/config/yaml_source.hpp"

namespace mimosa {

/// A broken rule across keys, placed at its key where the file itself sets it, else at the file.
[[nodiscard]] ConfigError placed(const UserError& error, const Origins& origins, const std::string& path);

/// The rules an experiment must hold beside those of its keys; UserError, or all in `findings`.
void check_experiment(Experiment& e, const Origins& origins, const std::string& path, Findings* findings);

}  // namespace mimosa
