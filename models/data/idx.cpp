// SPDX-License-Identifier: Apache-2.0
#include "models/data/idx.hpp"

#include <fmt/format.h>
#include <limits>
#include <string_view>
#include <zlib.h>

#include "models/base/error.hpp"
#include "models/data/file.hpp"

namespace mimosa {
namespace {

/// Larger than any dataset read here; stops a hostile file that unpacks without end.
constexpr std::size_t largest_unpacked = std::size_t{1} << 30;

[[noreturn]] void fail(const std::string& path, std::string_view text) {
  throw UserError(fmt::format("{}: {}", path, text));
}

struct Inflater {
  z_stream stream{};
  bool ready = inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK;  // 16: gzip, not zlib
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
};

std::string unpack(const std::string& path, std::string& packed) {
  if (packed.size() > std::numeric_limits<uInt>::max()) fail(path, "too large for an IDX file");
  Inflater inflater;
  if (!inflater.ready) fail(path, "zlib could not start");
  inflater.stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  inflater.stream.avail_in = static_cast<uInt>(packed.size());
  std::string unpacked;
  Bytef block[1 << 16];
  for (int result = Z_OK; result != Z_STREAM_END;) {
    inflater.stream.next_out = block;
    inflater.stream.avail_out = sizeof block;
    result = inflate(&inflater.stream, Z_NO_FLUSH);
    if (result == Z_BUF_ERROR) fail(path, "the gzip data end too early; the file is cut short");
    if (result != Z_OK && result != Z_STREAM_END) fail(path, "not gzip, or corrupt gzip data");
    unpacked.append(reinterpret_cast<char*>(block), sizeof block - inflater.stream.avail_out);
    if (unpacked.size() > largest_unpacked)
      fail(path, "unpacks to more than 1 GiB; not an IDX file of images");
  }
  if (inflater.stream.avail_in != 0) fail(path, "bytes follow the end of the gzip data");
  return unpacked;
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

IdxArray read_idx_gz(const std::string& path, int rank) {
  std::string packed = read_file(path);
  const std::string raw = unpack(path, packed);
  const std::string_view bytes(raw);
  const std::size_t header = 4 + 4 * static_cast<std::size_t>(rank);
  if (bytes.size() < header) fail(path, "too short for an IDX header");
  const std::uint32_t magic = big_endian(bytes.substr(0, 4)),
                      wanted = 0x0800U + static_cast<std::uint32_t>(rank);
  if (magic != wanted)
    fail(path, fmt::format("IDX magic {:#010x}; expected {:#010x} (unsigned bytes, {} dimensions)", magic,
                           wanted, rank));
  IdxArray array;
  std::size_t size = 1;
  for (std::size_t i = 0; i < static_cast<std::size_t>(rank); ++i) {
    array.shape.push_back(big_endian(bytes.substr(4 + 4 * i, 4)));
    if (array.shape.back() != 0 && size > largest_unpacked / array.shape.back())
      fail(path, "the IDX header promises more than 1 GiB");
    size *= array.shape.back();
  }
  if (bytes.size() - header != size)
    fail(path,
         fmt::format("the IDX header promises {} values, the file holds {}", size, bytes.size() - header));
  array.data.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end());
  return array;
}

}  // namespace mimosa
