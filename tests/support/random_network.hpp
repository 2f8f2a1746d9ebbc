// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "models/mimo/mimoconv.hpp"
#include "models/nn/graph.hpp"

namespace mimosa {

/// A network of that graph with random weights: normals of variance 1/fan-in, batch norms near the identity,
/// keys of a grid ±1.
[[nodiscard]] Network random_network(const Graph& graph, const std::string& name, std::uint64_t seed = 1);

/// A small MIMOConv on 12 × 12 images with `inputs` distinct inputs in `slots` slots; wide enough to need
/// several arrays of 64 × 64 in both directions.
[[nodiscard]] Network small_mimoconv(int slots, int inputs);

/// Standard normal images [input][channel][y][x].
[[nodiscard]] std::vector<float> random_images(const Network& network, std::size_t count,
                                               std::uint64_t seed = 2);

/// Uniform tokens of the network's vocabulary, [input][position].
[[nodiscard]] std::vector<float> random_tokens(const Network& network, std::size_t count,
                                               std::uint64_t seed = 2);

}  // namespace mimosa
