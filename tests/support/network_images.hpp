// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "models/data/dataset.hpp"

namespace mimosa {

/// What a network is asked in tests: images of its data set, or, of CIFAR-10, which not everybody has, images
/// of noise: byte i is the upper one of x(i + 1), where x(0) = 1 and x(i + 1) = 1664525 x(i) + 1013904223
/// modulo 2^32 (models/train/data.py draws the same).
inline Dataset asked_of(const Network& network, Split split, std::size_t most = 256) {
  if (network.dataset != "cifar-10") return load_dataset(network, split);
  const auto size = static_cast<std::size_t>(image_shape(network.dataset)->size());
  Dataset drawn{.inputs = {}, .labels = std::vector<std::uint8_t>(most, 0), .input_size = size};
  std::uint32_t x = 1;
  while (drawn.inputs.size() < most * size)
    drawn.inputs.push_back(static_cast<std::uint8_t>((x = 1664525U * x + 1013904223U) >> 24U));
  return drawn;
}

}  // namespace mimosa
