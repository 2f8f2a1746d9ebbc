// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "sim/config/experiment.hpp"

namespace mimosa {

/// The effective config: every key that has an effect with its value, as YAML that reads back to the same
/// experiment, number for number.
[[nodiscard]] std::string effective_yaml(const Experiment& experiment);

/// SHA-256, in hex, of the effective config without what no result depends on: name, threads and batch. Files
/// that a device names count by their content.
[[nodiscard]] std::string config_sha256(const Experiment& experiment);

/// Whether results may depend on a key.
[[nodiscard]] bool is_hashed(const std::string& key);
/// What that hash is of: every key that has an effect and its value, in order; `overrides` and `noise_layers`
/// last.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> hashed_values(Experiment experiment);

}  // namespace mimosa
