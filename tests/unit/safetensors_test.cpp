// SPDX-License-Identifier: Apache-2.0
#include "models/data/safetensors.hpp"

#include <cmath>
#include <cstring>
#include <limits>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

std::string file_of(const std::string& header, const std::string& data) {
  std::string bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xFFU);
  return bytes + header + data;
}

std::string entry(const std::string& name, const std::string& type, const std::string& shape,
                  const std::string& at) {
  return '"' + name + R"(":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + at + '}';
}

class Reading {
 public:
  SafeTensors operator()(const std::string& bytes) const {
    write_file(path(), bytes);
    return read_safetensors(path());
  }
  [[nodiscard]] std::string path() const { return folder_.path("w.safetensors"); }

 private:
  TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("fp16, bf16 and fp32 are read as the numbers they stand for", "[data]") {
  const Reading read;
  // fp16: 1, −2, smallest subnormal 2⁻²⁴, largest 65504, −0, largest subnormal; bf16: 1, −3; fp32: 0.5.
  const std::string half("\x00\x3c\x00\xc0\x01\x00\xff\x7b\x00\x80\xff\x03", 12),
      brain("\x80\x3f\x40\xc0", 4);
  const SafeTensors content =
      read(file_of("{" + entry("h", "F16", "[2,3]", "[0,12]") + "," + entry("b", "BF16", "[2]", "[12,16]") +
                       "," + entry("f", "F32", "[]", "[16,20]") + R"(,"__metadata__":{"seed":"7"}})",
                   half + brain + std::string("\x00\x00\x00\x3f", 4)));
  CHECK(content.tensors.at("h").shape == std::vector<std::int64_t>{2, 3});
  CHECK(content.tensors.at("h").data ==
        std::vector<float>{1.0F, -2.0F, 0x1p-24F, 65504.0F, -0.0F, 0x3FFp-24F});
  CHECK(std::signbit(content.tensors.at("h").data[4]));
  CHECK(content.tensors.at("b").data == std::vector<float>{1.0F, -3.0F});
  CHECK(content.tensors.at("f").data == std::vector<float>{0.5F});
  CHECK(content.metadata == std::map<std::string, std::string>{{"seed", "7"}});
}

TEST_CASE("every fp16 number survives writing and reading", "[data]") {
  const TemporaryFolder folder;
  std::vector<float> all;
  for (const float sign : {1.0F, -1.0F})
    for (int exponent = 0; exponent < 31; ++exponent)
      for (int mantissa = 0; mantissa < 1024; ++mantissa)
        all.push_back(sign * std::ldexp(static_cast<float>(exponent == 0 ? mantissa : 1024 + mantissa),
                                        (exponent == 0 ? 1 : exponent) - 25));
  all.push_back(std::numeric_limits<float>::infinity());
  const auto count = static_cast<std::int64_t>(all.size());
  const std::string path = folder.path("all");
  write_safetensors(path, {{{"x", {{count}, all}}}, {}}, {{"x", StoredType::F16}});
  const std::vector<float> back = read_safetensors(path).tensors.at("x").data;
  CHECK(std::memcmp(back.data(), all.data(), all.size() * sizeof(float)) == 0);
}

TEST_CASE("fp16 writing rounds to nearest, ties to even, and fp32 keeps every bit", "[data]") {
  const TemporaryFolder folder;
  const std::vector<float> values = {1.0F + 0x1p-11F, 1.0F + 0x3p-11F, 0.1F, 1e-8F};
  const SafeTensors content{{{"half", {{2, 2}, values}}, {"full", {{4}, values}}}, {{"a", "b"}}};
  write_safetensors(folder.path("w"), content, {{"half", StoredType::F16}});
  const SafeTensors back = read_safetensors(folder.path("w"));
  CHECK(back.tensors.at("half").data == std::vector<float>{1.0F, 1.0F + 0x1p-9F, 0x1.998p-4F, 0.0F});
  CHECK(back.tensors.at("full").data == values);
  CHECK(back.tensors.at("half").shape == std::vector<std::int64_t>{2, 2});
  CHECK(back.metadata == content.metadata);
}

TEST_CASE("a file that is no safetensors file gives one line with its path", "[data][error]") {
  const Reading read;
  const auto with_path = StartsWith(read.path() + ": ");
  CHECK_THROWS_WITH(read_safetensors(read.path()), with_path && Contains("cannot be read"));
  CHECK_THROWS_WITH(read("1234567"), with_path && Contains("too short"));
  CHECK_THROWS_WITH(read(std::string(8, '\xff') + "{}"), with_path && Contains("does not fit"));
  CHECK_THROWS_WITH(read(file_of("{}", "").substr(0, 9)), with_path && Contains("does not fit"));
  CHECK_THROWS_WITH(read(file_of("{nonsense", "")), with_path && Contains("not JSON"));
  CHECK_THROWS_WITH(read(file_of("{\"\xff\xfe\":1}", "")), with_path && Contains("not JSON"));
  CHECK_THROWS_WITH(read(file_of("[]", "")), with_path && Contains("not a JSON object"));
  CHECK_THROWS_WITH(read(file_of(std::string(100000, '['), "")), with_path && Contains("not JSON"));
  CHECK_THROWS_WITH(read(file_of(R"({"__metadata__":{"a":1}})", "")),
                    with_path && Contains("'a' is not a string"));
  CHECK_THROWS_WITH(read(file_of(R"({"__metadata__":3})", "")), with_path && Contains("not an object"));
}

TEST_CASE("a header that lies about its tensors gives one line with path and tensor", "[data][error]") {
  const Reading read;
  const std::string data(16, '\0');
  const auto refused = [&](const std::string& entries, const std::string& what) {
    CAPTURE(entries);
    CHECK_THROWS_WITH(read(file_of("{" + entries + "}", data)),
                      StartsWith(read.path() + ": ") && Contains(what));
  };
  const std::string good = entry("a", "F32", "[4]", "[0,16]");
  CHECK_NOTHROW(read(file_of("{" + good + "}", data)));
  refused(good + "," + good, "'a' twice");
  refused(entry("a", "F64", "[2]", "[0,16]"), "'a' has dtype 'F64'");
  refused(R"("a":{"dtype":4,"shape":[4],"data_offsets":[0,16]})", "'a' has dtype ''");
  refused(R"("a":{"dtype":"F32","shape":[4]})", "'a' needs exactly");
  refused(R"("a":7)", "'a' needs exactly");
  refused(entry("a", "F32", "[4.0]", "[0,16]"), "not a list of counts");
  refused(entry("a", "F32", "[-4]", "[0,16]"), "not a list of counts");
  refused(entry("a", "F32", "[4]", "[0,16,16]"), "not two counts");
  refused(entry("a", "F32", "[4]", "[-1,15]"), "not two counts");
  refused(entry("a", "F32", "[5]", "[0,20]"), "outside the 16 bytes");
  refused(entry("a", "F32", "[4]", "[16,0]"), "outside the 16 bytes");
  refused(entry("a", "F32", "[4]", "[0,18446744073709551615]"), "outside the 16 bytes");
  refused(entry("a", "F32", "[3]", "[0,16]"), "16 bytes of data do not fit");
  refused(entry("a", "F32", "[4294967296,4294967296,4294967296]", "[0,16]"), "do not fit");
  refused(entry("a", "F32", "[4611686018427387904,4,1]", "[0,16]"), "do not fit");
  refused(entry("a", "F32", "[18446744073709551615,4]", "[0,16]"), "do not fit");
  refused(entry("a", "F32", "[3]", "[0,12]") + "," + entry("b", "F32", "[2]", "[8,16]"), "overlap");
  refused(entry("a", "F32", "[1]", "[0,4]") + "," + entry("b", "F32", "[2]", "[8,16]"), "a hole");
  refused(entry("a", "F32", "[3]", "[0,12]"), "4 bytes of data belong to no tensor");
}

}  // namespace mimosa
