// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/nn/graph.hpp"

namespace mimosa {

/// Images [image][channel][row][column] or sequences of tokens [sequence][position], and the class of each.
struct Dataset {
  std::vector<std::uint8_t> inputs, labels;
  std::size_t input_size = 784;
  bool tokens = false;  ///< the values are tokens, not pixels 0 … 255
  [[nodiscard]] std::size_t size() const { return labels.size(); }
};

/// Test: for reported figures only. HeldOut: for every choice and calibration. Train: the rest. No input of
/// one can stand in another.
enum class Split { Train, HeldOut, Test };

/// Names that `Network::dataset` may have.
[[nodiscard]] const std::vector<std::string>& dataset_names();

/// What a network for a data set reads and answers: tokens (0: numbers), the length of a sequence (the least,
/// of list_ops), and classes. Of images the classes alone.
struct TaskSize {
  int vocabulary = 0, length = 0, classes = 0;
};
[[nodiscard]] TaskSize size_of_task(const std::string& dataset, const TaskSpec& task);
/// [channels, height, width] of a data set's images; none where it has sequences, or is none.
[[nodiscard]] std::optional<Shape> image_shape(const std::string& dataset);
/// UserError where parameters contradict each other, or a network's input or output does not fit its data
/// set.
void check_task(const Network& network);

/// Share of right answers of a guess that knows the task but not the input.
[[nodiscard]] double chance_of(const std::string& dataset, const TaskSpec& task);

/// The inputs of a network's data set.
[[nodiscard]] Dataset load_dataset(const Network& network, Split split);
/// Of its files as stored; of the test sequences where it is drawn from a seed.
[[nodiscard]] std::string dataset_sha256(const Network& network);

/// `count` inputs from `first` on, as a network reads them, [input][size]: tokens, or (pixel/255 − mean)/std.
[[nodiscard]] std::vector<float> normalised(const Dataset& dataset, std::size_t first, std::size_t count,
                                            double mean, double std);

}  // namespace mimosa
