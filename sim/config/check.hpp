// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/config/config_error.hpp"

namespace mimosa {

enum class ConfigKind { Experiment, Chip, Device, Network };
/// Their names, as those of the folders in configs/.
[[nodiscard]] const std::vector<std::string>& config_kinds();
/// UserError with the nearest where there is none of that name.
[[nodiscard]] ConfigKind config_kind(const std::string& name);

/// What a file is: the kind that knows most of its keys, or between equals the one its folder is named after.
/// UserError where neither tells, and ConfigError where the file is no YAML.
[[nodiscard]] ConfigKind kind_of_file(const std::string& path);

/// Every mistake in a config file and in the files it names, by line, one a place: keys and values;
/// where all of these are right, rules across keys, then networks and axes. UserError where it cannot be
/// read.
[[nodiscard]] Findings check_config(const std::string& path, ConfigKind kind);

/// A mistake as a compiler tells it: `file:line:column: error: …`, the line, and a caret under the word.
[[nodiscard]] std::vector<std::string> lines_of(const ConfigError& finding);

}  // namespace mimosa
