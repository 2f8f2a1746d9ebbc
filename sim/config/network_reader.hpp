// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "models/nn/graph.hpp"
#include "sim/config/config_error.hpp"

namespace mimosa {

/// Reads a network YAML file (format: docs/own_network.md) for one mode. `inputs_per_pass` 0 is its largest
/// mode. With `with_weights`, the tensors of its `weights` file are read and checked; a network that names
/// none, or one read without weights, has no tensors and an empty `weights_file`. Everything the user can get
/// wrong is a UserError `file:line:col: key: what; allowed`; shapes that do not fit name the file and the
/// node. With `findings` those are noted there, and what was read is unfinished.
[[nodiscard]] Network read_network(const std::string& path, int inputs_per_pass, bool with_weights,
                                   Findings* findings = nullptr);

}  // namespace mimosa
