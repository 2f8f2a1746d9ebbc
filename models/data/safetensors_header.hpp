// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mimosa {

enum class ElementType { F16, Bf16, F32 };

[[nodiscard]] constexpr std::size_t bytes_of(ElementType type) {
  return type == ElementType::F32 ? 4 : 2;
}

/// One tensor of a safetensors header; bytes [begin, end) of the data.
struct TensorEntry {
  std::string name;
  ElementType type = ElementType::F32;
  std::vector<std::int64_t> shape = {};
  std::size_t begin = 0, end = 0;
};

struct SafeTensorsHeader {
  std::vector<TensorEntry> entries;  ///< in the order of their data, which they cover without gap or overlap
  std::map<std::string, std::string> metadata;
};

/// Parses and checks the JSON header of a file with `data_size` bytes of data; UserError with the path.
[[nodiscard]] SafeTensorsHeader parse_safetensors_header(const std::string& path, std::string_view json,
                                                         std::size_t data_size);

}  // namespace mimosa
