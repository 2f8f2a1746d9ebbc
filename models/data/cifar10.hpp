// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "models/data/dataset.hpp"

namespace mimosa {

/// Of the folder that $MIMOSA_CIFAR10 names, in the binary version (A. Krizhevsky, Learning Multiple Layers
/// of Features from Tiny Images, 2009): images [channel][row][column]. Test: the 10,000 test images. Train:
/// the first 45,000 training images. HeldOut: the last 5,000. UserError where the variable is not set, or a
/// file is missing (saying how to get it) or wrong.
[[nodiscard]] Dataset load_cifar10(Split split);

/// Over the six files as stored: data_batch_1.bin to data_batch_5.bin, test_batch.bin.
[[nodiscard]] std::string cifar10_sha256();

}  // namespace mimosa
