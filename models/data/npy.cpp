// SPDX-License-Identifier: Apache-2.0
#include "models/data/npy.hpp"

#include <bit>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <regex>
#include <stdexcept>

#include "models/base/error.hpp"
#include "models/data/file.hpp"

namespace mimosa {
namespace {

static_assert(std::endian::native == std::endian::little, "the arrays are little-endian");

constexpr std::string_view magic{"\x93NUMPY", 6};
constexpr std::size_t longest_header = 4096;  // ours and numpy's are about 128

[[noreturn]] void fail(const std::string& path, std::string_view text) {
  throw UserError(fmt::format("{}: {}", path, text));
}

/// Offset of the data, and the header text between.
std::size_t find_header(const std::string& path, std::string_view file, std::string& header) {
  if (file.size() < 12 || file.substr(0, magic.size()) != magic) fail(path, "not a .npy file");
  const int version = file[6];
  if (version < 1 || version > 3) fail(path, fmt::format(".npy version {}; allowed: 1 to 3", version));
  const std::size_t length_size = version == 1 ? 2 : 4, begin = 8 + length_size;
  std::uint32_t length = 0;
  std::memcpy(&length, file.data() + 8, length_size);
  if (length > longest_header || length > file.size() - begin)
    fail(path, "its .npy header does not fit the file");
  header = file.substr(begin, length);
  return begin + length;
}

std::string match(const std::string& path, const std::string& header, const char* pattern) {
  std::smatch found;
  if (!std::regex_search(header, found, std::regex(pattern)))
    fail(path, "its .npy header lacks descr, order or shape");
  return found[1];
}

std::vector<std::int64_t> parse_shape(const std::string& path, const std::string& text) {
  std::vector<std::int64_t> shape;
  const std::regex number("[0-9]+");
  for (std::sregex_iterator it(text.begin(), text.end(), number), end; it != end; ++it) {
    if (it->length() > 15) fail(path, "a dimension of its shape is too large");
    shape.push_back(std::stoll(it->str()));
  }
  double size = 1.0;
  for (const std::int64_t n : shape) size *= static_cast<double>(n);
  if (size > 1e15) fail(path, "its shape is too large");
  return shape;
}

std::size_t count(std::span<const std::int64_t> shape) {
  std::size_t size = 1;
  for (const std::int64_t n : shape) size *= static_cast<std::size_t>(n);
  return size;
}

template <class T>
std::vector<double> decode(std::string_view bytes) {
  std::vector<double> values(bytes.size() / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    T value{};
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<double>(value);
  }
  return values;
}

void write_array(const std::string& path, std::string_view type, std::span<const std::int64_t> shape,
                 std::string_view data) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type,
                                   fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
  header.append(64 - (10 + header.size() + 1) % 64, ' ');  // numpy aligns the data to 64 bytes
  header += '\n';
  std::string file(magic);
  file.append(
      {'\x01', '\x00', static_cast<char>(header.size() & 0xFFU), static_cast<char>(header.size() >> 8)});
  file += header;
  file += data;
  write_file(path, file);
}

}  // namespace

NpyArray read_npy(const std::string& path) {
  const std::string file = read_file(path);
  std::string header;
  const std::string_view data = std::string_view(file).substr(find_header(path, file, header));
  const std::string type = match(path, header, "'descr':\\s*'([^']*)'");
  if (type != "<f4" && type != "<f8")
    fail(path, fmt::format("its type is '{}'; allowed: '<f4' (float32) and '<f8' (float64)", type));
  if (match(path, header, "'fortran_order':\\s*(True|False)") == "True")
    fail(path, "it is in Fortran order; save it in C order (numpy.ascontiguousarray)");
  NpyArray array;
  array.shape = parse_shape(path, match(path, header, "'shape':\\s*\\(([0-9, ]*)\\)"));
  const std::size_t wanted = count(array.shape) * (type == "<f4" ? 4 : 8);
  if (data.size() != wanted)
    fail(path, fmt::format("its shape needs {} bytes of data, the file holds {}", wanted, data.size()));
  array.data = type == "<f4" ? decode<float>(data) : decode<double>(data);
  return array;
}

void write_npy(const std::string& path, std::span<const std::int64_t> shape, std::span<const float> data) {
  if (count(shape) != data.size()) throw std::invalid_argument("write_npy: shape and data differ in size");
  write_array(path, "<f4", shape, {reinterpret_cast<const char*>(data.data()), data.size_bytes()});
}

void write_npy(const std::string& path, std::span<const std::int64_t> shape, std::span<const double> data) {
  if (count(shape) != data.size()) throw std::invalid_argument("write_npy: shape and data differ in size");
  write_array(path, "<f8", shape, {reinterpret_cast<const char*>(data.data()), data.size_bytes()});
}

}  // namespace mimosa
