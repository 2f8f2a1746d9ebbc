// SPDX-License-Identifier: Apache-2.0
#include "models/data/npy.hpp"

#include <cstring>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

std::string npy(const std::string& header, const std::string& data) {
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + data;
}

}  // namespace

TEST_CASE("the bytes numpy.save writes are read and written the same", "[data]") {
  const TemporaryFolder folder;
  // numpy.save("x.npy", numpy.array([[1.5, -2.0]], numpy.float32)), numpy 1.24.
  const std::string saved =
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }" + std::string(58, ' ') + "\n",
          std::string("\x00\x00\xc0\x3f\x00\x00\x00\xc0", 8));
  REQUIRE(saved.size() == 128 + 8);
  write_file(folder.path("x.npy"), saved);
  const NpyArray array = read_npy(folder.path("x.npy"));
  CHECK(array.shape == std::vector<std::int64_t>{1, 2});
  CHECK(array.data == std::vector<double>{1.5, -2.0});
  write_npy(folder.path("y.npy"), std::vector<std::int64_t>{1, 2}, std::vector<float>{1.5F, -2.0F});
  CHECK(read_file(folder.path("y.npy")) == saved);
}

TEST_CASE("arrays of every rank and both precisions are read", "[data]") {
  const TemporaryFolder folder;
  const auto shape = GENERATE(std::vector<std::int64_t>{}, std::vector<std::int64_t>{6},
                              std::vector<std::int64_t>{1, 2, 3}, std::vector<std::int64_t>{2, 0});
  std::size_t size = 1;
  for (const std::int64_t n : shape) size *= static_cast<std::size_t>(n);
  const std::vector<float> data(size, 0.25F);
  write_npy(folder.path("x.npy"), shape, data);
  const NpyArray array = read_npy(folder.path("x.npy"));
  CHECK(array.shape == shape);
  CHECK(array.data == std::vector<double>(size, 0.25));
  CHECK((read_file(folder.path("x.npy")).size() - 4 * size) % 64 == 0);

  write_file(folder.path("d.npy"), npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }\n",
                                       std::string("\x9a\x99\x99\x99\x99\x99\xb9\x3f", 8)));
  CHECK(read_npy(folder.path("d.npy")).data == std::vector<double>{0.1});
}

TEST_CASE("float64 comes back bit for bit, in the bytes numpy.save writes", "[data]") {
  const TemporaryFolder folder;
  const std::vector<double> data = {0.1, -0.0, 5e-324, 1.7976931348623157e308};
  write_npy(folder.path("x.npy"), std::vector<std::int64_t>{2, 2}, data);
  const NpyArray array = read_npy(folder.path("x.npy"));
  CHECK(array.shape == std::vector<std::int64_t>{2, 2});
  CHECK(std::memcmp(array.data.data(), data.data(), data.size() * sizeof(double)) == 0);
  write_npy(folder.path("y.npy"), std::vector<std::int64_t>{1}, std::vector<double>{1.5});
  CHECK(read_file(folder.path("y.npy")) ==
        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }" + std::string(60, ' ') + "\n",
            std::string("\x00\x00\x00\x00\x00\x00\xf8\x3f", 8)));
  CHECK_THROWS_WITH(
      write_npy(folder.path("no/x.npy"), std::vector<std::int64_t>{1}, std::vector<double>{1.5}),
      Contains("cannot be written"));
  CHECK_THROWS(write_npy(folder.path("z.npy"), std::vector<std::int64_t>{2}, std::vector<double>{1.5}));
}

TEST_CASE("an array that cannot be read gives one line with its path", "[data][error]") {
  const TemporaryFolder folder;
  const std::string path = folder.path("x.npy");
  const auto refused = [&](const std::string& bytes, const std::string& what) {
    write_file(path, bytes);
    CHECK_THROWS_WITH(read_npy(path), StartsWith(path + ": ") && Contains(what));
  };
  const auto header = [](const std::string& type, const std::string& order, const std::string& shape) {
    return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': (" + shape + "), }\n";
  };
  const std::string data(8, '\0');
  refused("not an array", "not a .npy file");
  refused(npy(header("<f4", "False", "2,"), data).substr(0, 40), "does not fit the file");
  refused(npy("{}\n", data), "lacks descr");
  refused(npy(header("<i8", "False", "1,"), data), "'<i8'");
  refused(npy(header(">f4", "False", "2,"), data), "'>f4'");
  refused(npy(header("<f4", "True", "2,"), data), "Fortran order");
  refused(npy(header("<f4", "False", "3,"), data), "needs 12 bytes of data, the file holds 8");
  refused(npy(header("<f4", "False", "4294967296, 4294967296, 1"), data), "its shape is too large");
  refused(npy(header("<f4", "False", "99999999999999999999,"), data),
          "a dimension of its shape is too large");
  CHECK_THROWS_WITH(read_npy(folder.path("none.npy")), Contains("cannot be read"));
}

}  // namespace mimosa
