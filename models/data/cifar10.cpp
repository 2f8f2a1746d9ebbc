// SPDX-License-Identifier: Apache-2.0
#include "models/data/cifar10.hpp"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "models/data/hash.hpp"

namespace mimosa {
namespace {

constexpr std::size_t held_out = 5000, classes = 10;
constexpr std::size_t image_size = std::size_t{3} * 32 * 32, record_size = 1 + image_size;
constexpr std::size_t records_per_file = 10000;
constexpr int training_files = 5;
constexpr const char* where_from =
    "CIFAR-10 is no part of this program: set MIMOSA_CIFAR10 to the folder of its binary version "
    "(data_batch_1.bin to data_batch_5.bin, test_batch.bin); docs/own_network.md says how to get it";

std::string training_file(int number) {
  return fmt::format("data_batch_{}.bin", number);
}

/// A file's 10,000 records of a label and three planes.
std::string records_of(const std::string& name) {
  const char* folder = std::getenv("MIMOSA_CIFAR10");
  if (folder == nullptr || *folder == '\0') throw UserError(fmt::format("dataset cifar-10: {}", where_from));
  const std::string path = (std::filesystem::path(folder) / name).string();
  if (!std::filesystem::exists(path)) throw UserError(fmt::format("{}: no such file; {}", path, where_from));
  std::string records = read_file(path);
  if (records.size() != records_per_file * record_size)
    throw UserError(fmt::format("{}: {} bytes; expected {} records of {}", path, records.size(),
                                records_per_file, record_size));
  for (std::size_t at = 0; at < records.size(); at += record_size)
    if (const auto label = static_cast<std::uint8_t>(records[at]); label >= classes)
      throw UserError(
          fmt::format("{}: label {} of record {}; allowed: 0 to 9", path, label, at / record_size));
  return records;
}

void append(Dataset& dataset, std::string_view records) {
  for (; !records.empty(); records.remove_prefix(record_size)) {
    dataset.labels.push_back(static_cast<std::uint8_t>(records.front()));
    const std::string_view image = records.substr(1, image_size);
    dataset.inputs.insert(dataset.inputs.end(), image.begin(), image.end());
  }
}

}  // namespace

Dataset load_cifar10(Split split) {
  Dataset dataset{.inputs = {}, .labels = {}, .input_size = image_size};
  if (split == Split::Test) {
    append(dataset, records_of("test_batch.bin"));
    return dataset;
  }
  // What is held out stands at the end of the last file.
  constexpr std::size_t cut = (records_per_file - held_out) * record_size;
  if (split == Split::Train)
    for (int number = 1; number < training_files; ++number)
      append(dataset, records_of(training_file(number)));
  const std::string last = records_of(training_file(training_files));
  const std::string_view parts = last;
  append(dataset, split == Split::Train ? parts.substr(0, cut) : parts.substr(cut));
  return dataset;
}

std::string cifar10_sha256() {
  Sha256 hash;
  for (int number = 1; number <= training_files; ++number) hash.add(records_of(training_file(number)));
  hash.add(records_of("test_batch.bin"));
  return hash.hex();
}

}  // namespace mimosa
