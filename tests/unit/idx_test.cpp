// SPDX-License-Identifier: Apache-2.0
#include "models/data/idx.hpp"

#include <cstdlib>
#include <zlib.h>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/fashion_mnist.hpp"
#include "models/data/file.hpp"
#include "models/data/hash.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

std::string gzipped(const TemporaryFolder& folder, const std::string& bytes) {
  const std::string path = folder.path("packed.gz");
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  return path;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xFFU);
  return bytes;
}

/// 2 × 3 bytes.
std::string matrix() {
  return big_endian(0x0802) + big_endian(2) + big_endian(3) + "abcdef";
}

/// Sets MIMOSA_FASHION_MNIST for a scope.
class OtherDirectory {
 public:
  explicit OtherDirectory(const std::string& path) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, path.c_str(), 1);
  }
  ~OtherDirectory() { before_.empty() ? unsetenv(name) : setenv(name, before_.c_str(), 1); }

 private:
  static constexpr const char* name = "MIMOSA_FASHION_MNIST";
  std::string before_;
};

}  // namespace

TEST_CASE("an IDX file gives its shape and bytes", "[data]") {
  const TemporaryFolder folder;
  const IdxArray array = read_idx_gz(gzipped(folder, matrix()), 2);
  CHECK(array.shape == std::vector<std::uint32_t>{2, 3});
  CHECK(array.data == std::vector<std::uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'});
}

TEST_CASE("a wrong IDX file gives one line with its path", "[data][error]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& bytes) { return read_idx_gz(gzipped(folder, bytes), 2); };
  const auto with_path = StartsWith(folder.path("packed.gz") + ": ");
  CHECK_THROWS_WITH(read(big_endian(0x0803) + matrix().substr(4)), with_path && Contains("magic 0x00000803"));
  CHECK_THROWS_WITH(read(matrix().substr(0, 11)), with_path && Contains("too short"));
  CHECK_THROWS_WITH(read(matrix() + "g"), with_path && Contains("promises 6 values, the file holds 7"));
  CHECK_THROWS_WITH(read(matrix().substr(0, 16)),
                    with_path && Contains("promises 6 values, the file holds 4"));
  CHECK_THROWS_WITH(read(big_endian(0x0802) + big_endian(0xFFFFFFFF) + big_endian(0xFFFFFFFF)),
                    with_path && Contains("more than 1 GiB"));
  CHECK_THROWS_AS(read(""), UserError);
}

TEST_CASE("a missing, cut, corrupt or prolonged gzip file gives one line with its path", "[data][error]") {
  const TemporaryFolder folder;
  const std::string path = gzipped(folder, matrix()), packed = read_file(path);
  CHECK_THROWS_WITH(read_idx_gz(folder.path("none.gz"), 2),
                    StartsWith(folder.path("none.gz") + ": cannot be read"));
  CHECK_THROWS_WITH(read_idx_gz(folder.path(), 2), Contains("cannot be read"));
  write_file(path, packed.substr(0, packed.size() - 9));
  CHECK_THROWS_WITH(read_idx_gz(path, 2), StartsWith(path) && Contains("cut short"));
  std::string changed = packed;
  changed[packed.size() - 6] = static_cast<char>(changed[packed.size() - 6] ^ 1);  // the check sum
  write_file(path, changed);
  CHECK_THROWS_WITH(read_idx_gz(path, 2), StartsWith(path) && Contains("corrupt"));
  write_file(path, "plain text");
  CHECK_THROWS_WITH(read_idx_gz(path, 2), StartsWith(path) && Contains("not gzip"));
  write_file(path, packed + "more");
  CHECK_THROWS_WITH(read_idx_gz(path, 2), StartsWith(path) && Contains("bytes follow"));
}

TEST_CASE("Fashion-MNIST splits into 55,000, 5,000 and 10,000 images", "[data]") {
  const Dataset train = load_fashion_mnist(Split::Train), held_out = load_fashion_mnist(Split::HeldOut);
  const Dataset test = load_fashion_mnist(Split::Test);
  CHECK(train.size() == 55000);
  CHECK(held_out.size() == 5000);
  CHECK(test.size() == 10000);
  CHECK(train.inputs.size() == std::size_t{55000} * 28 * 28);
  // First labels as published with the dataset: ankle boot, T-shirt; ankle boot, pullover.
  CHECK((train.labels[0] == 9 && train.labels[1] == 0));
  CHECK((test.labels[0] == 9 && test.labels[1] == 2));
  // The training pixels' published mean and deviation, over the 60,000.
  double sum = 0.0, squares = 0.0;
  for (const Dataset* part : {&train, &held_out})
    for (const std::uint8_t pixel : part->inputs) {
      sum += pixel / 255.0;
      squares += pixel / 255.0 * (pixel / 255.0);
    }
  const double mean = sum / 47040000.0;
  CHECK(mean == Approx(0.2860).margin(1e-4));
  CHECK(std::sqrt(squares / 47040000.0 - mean * mean) == Approx(0.3530).margin(1e-4));
}

TEST_CASE("normalised pixels are scaled to 0..1, shifted and divided", "[data]") {
  const Dataset dataset{.inputs = std::vector<std::uint8_t>(2 * 784, 0), .labels = {1, 2}};
  Dataset marked = dataset;
  marked.inputs[784] = 255;
  const std::vector<float> values = normalised(marked, 1, 1, 0.25, 0.5);
  REQUIRE(values.size() == 784);
  CHECK(values[0] == 1.5F);
  CHECK(values[1] == -0.5F);
}

TEST_CASE("a missing dataset says which package and variable bring it", "[data][error]") {
  const TemporaryFolder folder;
  const OtherDirectory other(folder.path());
  CHECK_THROWS_WITH(load_fashion_mnist(Split::Test), StartsWith(folder.path("t10k-images-idx3-ubyte.gz")) &&
                                                         Contains("apt-get install dataset-fashion-mnist") &&
                                                         Contains("MIMOSA_FASHION_MNIST"));
  CHECK_THROWS_AS(fashion_mnist_sha256(), UserError);
}

TEST_CASE("SHA-256 gives the digests of the standard's examples", "[data]") {
  // FIPS 180-2, appendix B.
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 pieces;
  pieces.add("abcdbcdecdefdefgefghfghighijhi");
  pieces.add("jkijkljklmklmnlmnomnopnopq");
  CHECK(pieces.hex() == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  const TemporaryFolder folder;
  write_file(folder.path("empty"), "");
  CHECK(sha256_hex_of_file(folder.path("empty")) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a file is written whole or not at all", "[data]") {
  const TemporaryFolder folder;
  write_file(folder.path("a"), "first");
  write_file(folder.path("a"), "second");
  CHECK(read_file(folder.path("a")) == "second");
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++files;
  CHECK(files == 1);
  CHECK_THROWS_WITH(write_file(folder.path("none/a"), "x"),
                    StartsWith(folder.path("none/a") + ": cannot be written"));
}

}  // namespace mimosa
