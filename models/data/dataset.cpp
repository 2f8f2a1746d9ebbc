// SPDX-License-Identifier: Apache-2.0
#include "models/data/dataset.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>
#include <stdexcept>
#include <string_view>

#include "models/base/error.hpp"
#include "models/data/cifar10.hpp"
#include "models/data/fashion_mnist.hpp"
#include "models/data/hash.hpp"
#include "models/data/list_ops.hpp"
#include "models/data/sequence_tasks.hpp"

namespace mimosa {
namespace {

/// As many as of Fashion-MNIST; of ListOps as published.
std::size_t count_of(const std::string& dataset, Split split) {
  const bool list_ops = dataset == "list_ops";
  if (split == Split::Test) return list_ops ? 2000 : 10000;
  if (split == Split::HeldOut) return list_ops ? 2000 : 5000;
  return list_ops ? 96000 : 55000;
}

[[noreturn]] void refuse(const Network& network, const std::string& what) {
  throw UserError(fmt::format("dataset {} {}", network.dataset, what));
}

void check_sequences(const Network& network, const TaskSize& size) {
  const std::string& dataset = network.dataset;
  if (dataset == "list_ops" && network.task.longest < network.task.shortest + 2)
    refuse(network, fmt::format("has no expression of more than {} and fewer than {} tokens",
                                network.task.shortest, network.task.longest));
  if (dataset == "fashion_mnist_sequence" && 28 % network.task.pool != 0)
    refuse(network, fmt::format("has 28 × 28 pixels; pool {} does not divide 28", network.task.pool));
  const Node& input = network.graph.nodes.front();
  if (network.graph.vocabulary < size.vocabulary)
    refuse(network, fmt::format("has tokens 0 to {}; the network's are 0 to {} (input.tokens)",
                                size.vocabulary - 1, network.graph.vocabulary - 1));
  const bool fits =
      dataset == "list_ops" ? input.shape.height >= size.length : input.shape.height == size.length;
  if (input.shape.channels != 1 || input.shape.width != 1 || !fits)
    refuse(network, fmt::format("has sequences of {} tokens; the network reads [{}, {}, {}] (input.shape)",
                                size.length, input.shape.channels, input.shape.height, input.shape.width));
}

}  // namespace

const std::vector<std::string>& dataset_names() {
  static const std::vector<std::string> names{"fashion-mnist",  "cifar-10", "associative_recall",
                                              "induction_head", "list_ops", "fashion_mnist_sequence"};
  return names;
}

TaskSize size_of_task(const std::string& dataset, const TaskSpec& task) {
  const int across = 28 / task.pool;
  if (dataset == "associative_recall") {
    const int vocabulary = task.keys + task.values + 2;
    return {vocabulary, 2 * task.pairs + 2, vocabulary};
  }
  if (dataset == "induction_head") return {task.vocabulary, task.length + 1, task.vocabulary};
  if (dataset == "list_ops") return {list_ops_tokens, task.longest, 10};
  if (dataset == "fashion_mnist_sequence") return {256, across * across, 10};
  return {0, 0, image_shape(dataset) ? 10 : 0};
}

std::optional<Shape> image_shape(const std::string& dataset) {
  if (dataset == "fashion-mnist") return Shape{1, 28, 28};
  if (dataset == "cifar-10") return Shape{3, 32, 32};
  return std::nullopt;
}

void check_task(const Network& network) {
  const TaskSize size = size_of_task(network.dataset, network.task);
  if (size.length > 0) check_sequences(network, size);
  const Node& output = network.graph.output();
  if (size.classes > 0 && output.shape.size() != size.classes)
    refuse(network, fmt::format("has {} classes; the output '{}' has {}", size.classes, output.name,
                                output.shape.size()));
}

double chance_of(const std::string& dataset, const TaskSpec& task) {
  if (dataset == "associative_recall") return 1.0 / task.values;
  return dataset == "induction_head" ? 1.0 / (task.vocabulary - 2) : 0.1;
}

Dataset load_dataset(const Network& network, Split split) {
  if (network.dataset == "fashion-mnist") return load_fashion_mnist(split);
  if (network.dataset == "cifar-10") return load_cifar10(split);
  if (network.dataset == "fashion_mnist_sequence")
    return pixel_sequences(load_fashion_mnist(split), network.task.pool);
  if (network.dataset.empty())
    throw UserError(fmt::format("network {}: has no 'dataset', so no inputs; allowed: {}", network.name,
                                fmt::join(dataset_names(), ", ")));
  return draw_sequences(network.dataset, network.task,
                        static_cast<std::size_t>(network.graph.nodes.front().shape.size()), split,
                        count_of(network.dataset, split));
}

std::string dataset_sha256(const Network& network) {
  if (std::string_view(network.dataset).starts_with("fashion")) return fashion_mnist_sha256();
  if (network.dataset == "cifar-10") return cifar10_sha256();
  const Dataset test = load_dataset(network, Split::Test);
  Sha256 hash;
  for (const auto* part : {&test.inputs, &test.labels})
    hash.add({reinterpret_cast<const char*>(part->data()), part->size()});
  return hash.hex();
}

std::vector<float> normalised(const Dataset& dataset, std::size_t first, std::size_t count, double mean,
                              double std) {
  if (first > dataset.size() || count > dataset.size() - first)
    throw std::out_of_range("normalised: the dataset has fewer inputs");
  const auto offset = static_cast<float>(mean), scale = static_cast<float>(std);
  const std::size_t size = dataset.input_size;
  std::vector<float> result;
  result.reserve(count * size);
  for (const std::uint8_t value : std::span(dataset.inputs).subspan(first * size, count * size)) {
    const auto number = static_cast<float>(value);
    result.push_back(dataset.tokens ? number : (number / 255.0F - offset) / scale);
  }
  return result;
}

}  // namespace mimosa
