// SPDX-License-Identifier: Apache-2.0
// The float reference against PyTorch: logits of the first 256 test images (of noise for CIFAR-10) that
// models/train/export_mimoconv.py stored for every network with weights, from the same rounded weights.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "models/data/fashion_mnist.hpp"
#include "models/data/safetensors.hpp"
#include "models/nn/reference.hpp"
#include "sim/config/network_reader.hpp"
#include "tests/support/network_images.hpp"

namespace mimosa {
namespace {

constexpr std::size_t inputs = 256;

std::vector<std::string> network_files() {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(MIMOSA_SOURCE "/configs/network"))
    if (entry.path().extension() == ".yaml") files.insert(entry.path().string());
  return {files.begin(), files.end()};
}

std::size_t files_in(const char* folder, const char* ending) {
  const std::filesystem::directory_iterator files(std::string(MIMOSA_SOURCE) + folder);
  return static_cast<std::size_t>(std::count_if(
      begin(files), end(files), [&](const auto& entry) { return entry.path().string().ends_with(ending); }));
}

/// Largest difference between the reference and PyTorch in one mode.
float difference(const std::string& file, int mode, const Tensor& expected, const Dataset& asked) {
  const Network network = read_network(file, mode, true);
  const auto images = normalised(asked, 0, inputs, network.input_mean, network.input_std);
  const std::vector<float> logits = reference_logits(network, images, inputs, 2);
  REQUIRE(expected.data.size() == logits.size());
  float largest = 0.0F;
  for (std::size_t i = 0; i < logits.size(); ++i)
    largest = std::max(largest, std::fabs(logits[i] - expected.data[i]));
  return largest;
}

}  // namespace

TEST_CASE("the reference reproduces PyTorch's logits of every trained network in all modes",
          "[oracle][numerics]") {
  std::map<std::string, Dataset> asked;        // by the data set's name
  std::size_t networks = 0, of_sequences = 0;  // those of sequences: sequence_logits_test.cpp
  for (const std::string& file : network_files()) {
    const Network network = read_network(file, 0, true);
    if (network.tensors.empty()) continue;
    if (network.graph.vocabulary > 0) {
      ++of_sequences;
      continue;
    }
    ++networks;
    if (!asked.contains(network.dataset)) asked.emplace(network.dataset, asked_of(network, Split::Test));
    const SafeTensors stored =
        read_safetensors(MIMOSA_SOURCE "/tests/data/" + network.name + "_logits.safetensors");
    CHECK(stored.tensors.size() == network.modes.size());
    for (const int mode : network.modes) {
      CAPTURE(network.name, mode);
      const Tensor& expected = stored.tensors.at("logits@n" + std::to_string(mode));
      CHECK(difference(file, mode, expected, asked.at(network.dataset)) <= 1e-4F);
    }
  }
  CHECK(networks + of_sequences == files_in("/configs/network", ".safetensors"));
  CHECK(networks + of_sequences == files_in("/tests/data", "_logits.safetensors"));
}

TEST_CASE("the weights say which dataset they were trained on", "[oracle]") {
  // Of the files that Debian has, and of the binary version that models/train/cifar10.py writes.
  const std::map<std::string, std::string> hashes{
      {"fashion-mnist", fashion_mnist_sha256()},
      {"cifar-10", "013ba16d14ecc4829da62bf2af648ca30f600491ecb3e7f329c827db0dd17522"}};
  for (const std::string& file : network_files()) {
    const Network network = read_network(file, 0, true);
    const auto hash = hashes.find(network.dataset);
    if (network.tensors.empty() || hash == hashes.end()) continue;
    CAPTURE(network.name);
    CHECK(read_safetensors(network.weights_file).metadata.at("dataset_sha256") == hash->second);
  }
}

}  // namespace mimosa
