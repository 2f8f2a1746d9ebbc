// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/config/experiment_reader.hpp"

namespace mimosa {

/// What a key or section means: sentence, unit, what is allowed, default, and, with an experiment, its value
/// and where that was set (file:line or --set). UserError with the nearest key where there is none of that
/// name.
[[nodiscard]] std::string explain(const std::string& key, const ExperimentFile* file);

/// Every key of an experiment and of `mimosa mvm`, one line each: path, unit, what is allowed, sentence.
[[nodiscard]] std::string list_keys();

/// The dotted paths of all keys of an experiment that hold one value.
[[nodiscard]] std::vector<std::string> key_paths();

}  // namespace mimosa
