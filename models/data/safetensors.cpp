// SPDX-License-Identifier: Apache-2.0
#include "models/data/safetensors.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "models/base/kernels.hpp"
#include "models/data/file.hpp"
#include "models/data/safetensors_header.hpp"

namespace mimosa {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::size_t length_size = 8;
constexpr std::uint64_t largest_header = 100'000'000;  // as the format's own reader

float from_fp16(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16;
  const std::uint32_t size = bits & 0x7FFFU;
  if (size >= 0x7C00U) return std::bit_cast<float>(sign | 0x7F800000U | (size & 0x3FFU) << 13);
  // As an fp32 number with the fp16 exponent it is 2^112 too small; the product is exact, subnormals too.
  const float scaled = std::bit_cast<float>(size << 13) * 0x1p112F;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(scaled) | sign);
}

/// Bits of a value that fp16 holds exactly.
std::uint16_t to_fp16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000U, size = bits & 0x7FFFFFFFU;
  if (size > 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7E00U);
  if (size == 0x7F800000U) return static_cast<std::uint16_t>(sign | 0x7C00U);
  return static_cast<std::uint16_t>(
      sign | std::bit_cast<std::uint32_t>(std::bit_cast<float>(size) * 0x1p-112F) >> 13);
}

std::vector<float> decode(std::string_view bytes, ElementType type) {
  std::vector<float> values(bytes.size() / bytes_of(type));
  if (type == ElementType::F32) {
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, bytes.data() + 2 * i, 2);
    values[i] = type == ElementType::F16 ? from_fp16(half)
                                         : std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16);
  }
  return values;
}

void encode(const Tensor& tensor, StoredType type, std::string& data) {
  if (type == StoredType::F32) {
    data.append(reinterpret_cast<const char*>(tensor.data.data()), 4 * tensor.data.size());
    return;
  }
  std::vector<float> rounded = tensor.data;
  round_to_fp16(rounded);
  for (const float value : rounded) {
    const std::uint16_t half = to_fp16(value);
    data.push_back(static_cast<char>(half & 0xFFU));
    data.push_back(static_cast<char>(half >> 8));
  }
}

}  // namespace

SafeTensors read_safetensors(const std::string& path) {
  const std::string file = read_file(path);
  if (file.size() < length_size)
    throw UserError(fmt::format("{}: {} bytes are too short for a safetensors file", path, file.size()));
  std::uint64_t length = 0;
  std::memcpy(&length, file.data(), length_size);
  if (length > largest_header || length > file.size() - length_size)
    throw UserError(fmt::format("{}: a header of {} bytes does not fit a safetensors file of {}", path,
                                length, file.size()));
  const std::string_view bytes(file);
  const std::string_view data = bytes.substr(length_size + length);
  SafeTensorsHeader header = parse_safetensors_header(path, bytes.substr(length_size, length), data.size());
  SafeTensors content{.tensors = {}, .metadata = std::move(header.metadata)};
  for (TensorEntry& entry : header.entries)
    content.tensors[entry.name] = {std::move(entry.shape),
                                   decode(data.substr(entry.begin, entry.end - entry.begin), entry.type)};
  return content;
}

void write_safetensors(const std::string& path, const SafeTensors& content, const StoredTypes& types) {
  nlohmann::json header = nlohmann::json::object();
  if (!content.metadata.empty()) header["__metadata__"] = content.metadata;
  std::string data;
  for (const auto& [name, tensor] : content.tensors) {
    const auto entry = types.find(name);
    const StoredType type = entry == types.end() ? StoredType::F32 : entry->second;
    const std::size_t begin = data.size();
    encode(tensor, type, data);
    header[name] = {{"dtype", type == StoredType::F16 ? "F16" : "F32"},
                    {"shape", tensor.shape},
                    {"data_offsets", {begin, data.size()}}};
  }
  std::string text = header.dump();
  text.append((length_size - text.size() % length_size) % length_size, ' ');  // keeps the data aligned
  const std::uint64_t length = text.size();
  std::string file(reinterpret_cast<const char*>(&length), length_size);
  write_file(path, file + text + data);
}

}  // namespace mimosa
