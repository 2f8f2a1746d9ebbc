// SPDX-License-Identifier: Apache-2.0
#include "models/data/cifar10.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

constexpr std::size_t record = 3073, file_size = 10000 * record;

/// A folder of the six files, all zeros (and so hardly any room on a disk), which MIMOSA_CIFAR10 names.
class Files {
 public:
  Files() {
    if (const char* value = std::getenv(name)) before_ = value;
    for (const char* file : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                             "data_batch_5.bin", "test_batch.bin"})
      resize(file, file_size);
    setenv(name, folder_.path().c_str(), 1);
  }
  ~Files() { before_.empty() ? unsetenv(name) : setenv(name, before_.c_str(), 1); }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  void resize(const std::string& file, std::size_t size) const {
    std::ofstream(path(file), std::ios::app).flush();
    std::filesystem::resize_file(path(file), size);
  }
  void put(const std::string& file, std::size_t at, std::uint8_t byte) const {
    std::fstream stream(path(file), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(static_cast<char>(byte));
  }
  [[nodiscard]] std::string path(const std::string& file) const { return folder_.path(file); }

  static constexpr const char* name = "MIMOSA_CIFAR10";

 private:
  TemporaryFolder folder_;
  std::string before_;
};

}  // namespace

TEST_CASE("a record of CIFAR-10 is a label and then the red, green and blue plane", "[data]") {
  const Files files;
  files.put("test_batch.bin", 7 * record, 9);
  files.put("test_batch.bin", 7 * record + 1, 11);                  // red, first row, first column
  files.put("test_batch.bin", 7 * record + 1 + 1024 + 33, 22);      // green, second row, second column
  files.put("test_batch.bin", 7 * record + 1 + 2048 + 1023, 0xFF);  // blue, last row, last column
  const Dataset test = load_cifar10(Split::Test);
  CHECK(test.size() == 10000);
  CHECK(test.input_size == 3072);
  CHECK(test.inputs.size() == std::size_t{10000} * 3072);
  CHECK((test.labels[6] == 0 && test.labels[7] == 9 && test.labels[8] == 0));
  const std::uint8_t* image = test.inputs.data() + std::size_t{7} * 3072;
  CHECK((image[0] == 11 && image[1024 + 33] == 22 && image[3071] == 0xFF));
  CHECK(std::count(test.inputs.begin(), test.inputs.end(), 0) == 10000 * 3072 - 3);
}

TEST_CASE("CIFAR-10 splits into 45,000, 5,000 and 10,000 images", "[data]") {
  const Files files;
  for (int file = 1; file <= 5; ++file) {
    const std::string name = "data_batch_" + std::to_string(file) + ".bin";
    files.put(name, 0, static_cast<std::uint8_t>(file));
  }
  files.put("data_batch_5.bin", 4999 * record, 6);
  files.put("data_batch_5.bin", 5000 * record, 7);
  files.put("data_batch_5.bin", 9999 * record, 8);
  const Dataset train = load_cifar10(Split::Train), held_out = load_cifar10(Split::HeldOut);
  REQUIRE(train.size() == 45000);
  REQUIRE(held_out.size() == 5000);
  for (std::size_t file = 1; file <= 5; ++file) CHECK(train.labels[(file - 1) * 10000] == file);
  CHECK(train.labels.back() == 6);
  CHECK((held_out.labels.front() == 7 && held_out.labels.back() == 8));
}

TEST_CASE("files of CIFAR-10 that are missing or wrong say what is wrong and how to get them",
          "[data][error]") {
  const Files files;
  const std::string before = cifar10_sha256();
  files.put("data_batch_3.bin", 12345, 1);
  CHECK(cifar10_sha256() != before);
  files.put("data_batch_5.bin", 3 * record, 10);
  CHECK_THROWS_WITH(load_cifar10(Split::HeldOut),
                    files.path("data_batch_5.bin") + ": label 10 of record 3; allowed: 0 to 9");
  files.resize("data_batch_2.bin", file_size - 1);
  CHECK_THROWS_WITH(load_cifar10(Split::Train),
                    files.path("data_batch_2.bin") + ": 30729999 bytes; expected 10000 records of 3073");
  std::filesystem::remove(files.path("test_batch.bin"));
  CHECK_THROWS_WITH(
      load_cifar10(Split::Test),
      StartsWith(files.path("test_batch.bin") + ": no such file; ") && Contains("MIMOSA_CIFAR10"));
  CHECK_THROWS_AS(cifar10_sha256(), UserError);
  unsetenv(Files::name);
  CHECK_THROWS_WITH(load_cifar10(Split::Test),
                    StartsWith("dataset cifar-10: ") && Contains("MIMOSA_CIFAR10"));
}

}  // namespace mimosa
