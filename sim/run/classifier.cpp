// SPDX-License-Identifier: Apache-2.0
#include "sim/run/classifier.hpp"

#include <algorithm>
#include <thread>

#include "models/base/error.hpp"
#include "models/nn/reference.hpp"
#include "sim/engine/calibrate.hpp"

namespace mimosa {

LabelledImages labelled_images(const Network& network, const Dataset& data, std::size_t first,
                               std::size_t count) {
  LabelledImages inputs{.count = count, .images = {}, .passes = {}, .labels = {}};
  if (network.graph.grid.size() > 0)
    inputs.last_filled = static_cast<int>(count % static_cast<std::size_t>(network.inputs_per_pass));
  inputs.images = normalised(data, first, count, network.input_mean, network.input_std);
  inputs.passes = pass_inputs(network, inputs.images, count);
  const auto begin = data.labels.begin() + static_cast<std::ptrdiff_t>(first);
  inputs.labels.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
  return inputs;
}

ArrangedImages arranged_images(const Network& network, const Dataset& data, std::size_t count,
                               const Experiment& experiment) {
  if (experiment.partners == Partners::Blank && data.tokens)
    throw UserError("workload.partners: blank is for images; network " + network.name +
                    " reads tokens; allowed: next, same, same_class, other_class");
  const std::span<const std::uint8_t> labels = std::span(data.labels).first(count);
  ArrangedImages result{
      .arrangement = arrange(labels, network.inputs_per_pass, experiment.partners, experiment.order),
      .images = {},
      .passes = {},
      .labels = {labels.begin(), labels.end()}};
  const std::vector<float> images = normalised(data, 0, count, network.input_mean, network.input_std);
  const auto size = static_cast<std::size_t>(network.graph.nodes.front().shape.size());
  const auto black = static_cast<float>(-network.input_mean / network.input_std);
  const std::vector<std::ptrdiff_t>& inputs = result.arrangement.inputs;
  result.images.assign(inputs.size() * size, black);
  for (std::size_t row = 0; row < inputs.size(); ++row)
    if (inputs[row] != Arrangement::blank)
      std::copy_n(images.begin() + inputs[row] * static_cast<std::ptrdiff_t>(size), size,
                  result.images.begin() + static_cast<std::ptrdiff_t>(row * size));
  result.passes = pass_inputs(network, result.images, inputs.size());
  if (network.graph.grid.size() > 0)
    result.last_filled = static_cast<int>(inputs.size() % static_cast<std::size_t>(network.inputs_per_pass));
  return result;
}

std::vector<std::uint8_t> hits(std::span<const float> logits, std::span<const std::uint8_t> labels) {
  const std::size_t classes = logits.size() / labels.size();
  std::vector<std::uint8_t> right(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = logits.subspan(i * classes, classes);
    right[i] = std::max_element(row.begin(), row.end()) - row.begin() == labels[i] ? 1 : 0;
  }
  return right;
}

double share(std::span<const std::uint8_t> right) {
  return static_cast<double>(std::count(right.begin(), right.end(), 1)) / static_cast<double>(right.size());
}

std::vector<double> pass_means(std::span<const double> per_input, int inputs_per_pass) {
  std::vector<double> passes;
  const auto step = static_cast<std::size_t>(inputs_per_pass);
  for (std::size_t first = 0; first < per_input.size(); first += step) {
    const std::size_t end = std::min(per_input.size(), first + step);
    double sum = 0.0;
    for (std::size_t k = first; k < end; ++k) sum += per_input[k];
    passes.push_back(sum / static_cast<double>(end - first));
  }
  return passes;
}

int worker_threads(const Experiment& experiment) {
  return experiment.threads > 0 ? experiment.threads
                                : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

DeviceOfLayer devices_of(const Experiment& experiment) {
  return [&experiment](const std::string& layer) { return device_for_layer(experiment, layer); };
}

std::vector<ConverterRange> ranges_of(const Network& network, const Program& program,
                                      const Experiment& experiment, const DeviceOfLayer& device,
                                      const Dataset& held_out) {
  const auto count = static_cast<std::size_t>(experiment.calibration.inputs);
  return calibrate(network, program, experiment.chip, device, experiment.calibration,
                   normalised(held_out, 0, count, network.input_mean, network.input_std));
}

}  // namespace mimosa
