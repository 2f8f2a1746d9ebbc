// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "hw/program/datapath.hpp"
#include "models/data/dataset.hpp"
#include "models/nn/graph.hpp"
#include "sim/config/experiment.hpp"
#include "sim/run/partners.hpp"

namespace mimosa {

/// Consecutive images as a network reads them, and their classes.
struct LabelledImages {
  std::size_t count = 0;
  std::vector<float> images;  ///< [input][channel][y][x], normalised
  std::vector<float> passes;  ///< [pass][input][y][x][channel]; a short last pass repeats its inputs
  std::vector<std::uint8_t> labels;
  int last_filled = 0;  ///< inputs of a last pass of a grid that is not full: its other slots are masked
};
/// Images [first, first + count) of a data set that holds them.
[[nodiscard]] LabelledImages labelled_images(const Network& network, const Dataset& data, std::size_t first,
                                             std::size_t count);

/// Test images in the passes that the experiment's workload asks for.
struct ArrangedImages {
  Arrangement arrangement;
  std::vector<float> images;         ///< [pass · input][channel][y][x], normalised; blanks are black
  std::vector<float> passes;         ///< [pass][input][y][x][channel]
  std::vector<std::uint8_t> labels;  ///< of the inputs, as the data set has them
  int last_filled = 0;               ///< as of LabelledImages
};
/// The first `count` images. UserError where the workload is none for this network.
[[nodiscard]] ArrangedImages arranged_images(const Network& network, const Dataset& data, std::size_t count,
                                             const Experiment& experiment);

/// For every input, whether its largest logit is the label's; `logits`: [input][class].
[[nodiscard]] std::vector<std::uint8_t> hits(std::span<const float> logits,
                                             std::span<const std::uint8_t> labels);
/// Share of ones, 0 … 1.
[[nodiscard]] double share(std::span<const std::uint8_t> right);
/// Means over the inputs of each pass: inputs of one pass share its noise, so passes are the samples.
[[nodiscard]] std::vector<double> pass_means(std::span<const double> per_input, int inputs_per_pass);

/// Threads an experiment asks for; all cores where it names none.
[[nodiscard]] int worker_threads(const Experiment& experiment);
/// Device of each layer, after overrides; refers to the experiment.
[[nodiscard]] DeviceOfLayer devices_of(const Experiment& experiment);
/// Converter ranges fitted on the first images of `held_out`.
[[nodiscard]] std::vector<ConverterRange> ranges_of(const Network& network, const Program& program,
                                                    const Experiment& experiment, const DeviceOfLayer& device,
                                                    const Dataset& held_out);

}  // namespace mimosa
