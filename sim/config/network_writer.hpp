// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "models/nn/graph.hpp"

namespace mimosa {

/// The YAML of a network, all its modes; reads back equal, tensors apart.
[[nodiscard]] std::string to_yaml(const Network& network);

}  // namespace mimosa
