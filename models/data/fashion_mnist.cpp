// SPDX-License-Identifier: Apache-2.0
#include "models/data/fashion_mnist.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <span>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "models/data/hash.hpp"
#include "models/data/idx.hpp"

namespace mimosa {
namespace {

constexpr std::size_t held_out = 5000;
constexpr int side = 28, classes = 10;
constexpr std::size_t image_size = side * side;

std::string existing(const std::string& name) {
  const std::string path = fmt::format("{}/{}-ubyte.gz", fashion_mnist_directory(), name);
  if (!std::filesystem::exists(path))
    throw UserError(
        fmt::format("{}: no such file; Fashion-MNIST comes with `apt-get install dataset-fashion-mnist`, "
                    "or set MIMOSA_FASHION_MNIST to the folder that holds it",
                    path));
  return path;
}

void check(const IdxArray& images, const IdxArray& labels, const std::string& prefix) {
  const std::string images_path = existing(prefix + "-images-idx3"),
                    labels_path = existing(prefix + "-labels-idx1");
  if (images.shape[1] != side || images.shape[2] != side)
    throw UserError(
        fmt::format("{}: images of {}×{}; expected 28×28", images_path, images.shape[1], images.shape[2]));
  if (images.shape[0] != labels.shape[0])
    throw UserError(
        fmt::format("{}: {} labels for {} images", labels_path, labels.shape[0], images.shape[0]));
  const auto bad = std::find_if(labels.data.begin(), labels.data.end(), [](auto c) { return c >= classes; });
  if (bad != labels.data.end())
    throw UserError(fmt::format("{}: label {}; allowed: 0 to 9", labels_path, *bad));
}

}  // namespace

std::string fashion_mnist_directory() {
  const char* directory = std::getenv("MIMOSA_FASHION_MNIST");
  return directory != nullptr && *directory != '\0' ? directory : "/usr/share/datasets/fashion-mnist";
}

Dataset load_fashion_mnist(Split split) {
  const std::string prefix = split == Split::Test ? "t10k" : "train";
  IdxArray images = read_idx_gz(existing(prefix + "-images-idx3"), 3);
  IdxArray labels = read_idx_gz(existing(prefix + "-labels-idx1"), 1);
  check(images, labels, prefix);
  std::size_t first = 0, last = labels.data.size();
  if (split != Split::Test) {
    if (last <= held_out)
      throw UserError(fmt::format("{}: {} training images; more than {} are needed, {} of them are held out",
                                  existing(prefix + "-images-idx3"), last, held_out, held_out));
    (split == Split::Train ? last : first) = last - held_out;
  }
  const std::span image_part =
      std::span(images.data).subspan(first * image_size, (last - first) * image_size);
  const std::span label_part = std::span(labels.data).subspan(first, last - first);
  return {.inputs = {image_part.begin(), image_part.end()}, .labels = {label_part.begin(), label_part.end()}};
}

std::string fashion_mnist_sha256() {
  Sha256 hash;
  for (const char* name : {"train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"})
    hash.add(read_file(existing(name)));
  return hash.hex();
}

}  // namespace mimosa
