// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "models/data/dataset.hpp"

namespace mimosa {

/// The folder of the Debian package dataset-fashion-mnist, or $MIMOSA_FASHION_MNIST.
[[nodiscard]] std::string fashion_mnist_directory();

/// Test: the 10,000 test images. Train: the first 55,000 training images. HeldOut: the last 5,000. UserError
/// where a file is missing (saying how to get it) or wrong.
[[nodiscard]] Dataset load_fashion_mnist(Split split);

/// Over the four files as stored: train-images, train-labels, t10k-images, t10k-labels.
[[nodiscard]] std::string fashion_mnist_sha256();

}  // namespace mimosa
