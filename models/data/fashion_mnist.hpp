// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mimosa {

/// Grey images, [image][28][28], and their classes 0..9.
struct Dataset {
  static constexpr int height = 28, width = 28, classes = 10;
  std::vector<std::uint8_t> images, labels;
  [[nodiscard]] std::size_t size() const { return labels.size(); }
};

/// Test: the 10,000 test images, read for reported figures only. Train: the first 55,000 training images.
/// HeldOut: the last 5,000, for every choice and calibration.
enum class Split { Train, HeldOut, Test };

/// The folder of the Debian package dataset-fashion-mnist, or $MIMOSA_FASHION_MNIST.
[[nodiscard]] std::string fashion_mnist_directory();

/// UserError where a file is missing (saying how to get it) or wrong.
[[nodiscard]] Dataset load_fashion_mnist(Split split);

/// Over the four files as stored: train-images, train-labels, t10k-images, t10k-labels.
[[nodiscard]] std::string fashion_mnist_sha256();

/// (pixel/255 − mean)/std of `count` images from `first` on, [image][1][28][28].
[[nodiscard]] std::vector<float> normalised(const Dataset& dataset, std::size_t first, std::size_t count,
                                            double mean, double std);

}  // namespace mimosa
