// SPDX-License-Identifier: Apache-2.0
#include "models/data/safetensors_header.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

using Json = nlohmann::json;

[[noreturn]] void fail(const std::string& path, std::string_view text) {
  throw UserError(fmt::format("{}: {}", path, text));
}

/// Objects with a name twice are refused: the library would keep the last.
Json parse(const std::string& path, std::string_view text) {
  std::vector<std::set<std::string>> names;
  const auto watch = [&](int, Json::parse_event_t event, const Json& value) {
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key && !names.back().insert(value.get<std::string>()).second)
      fail(path, fmt::format("the header holds '{}' twice", value.get<std::string>()));
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), watch);
  } catch (const Json::exception&) {
    fail(path, "the header is not JSON");
  }
}

ElementType element_type(const std::string& path, const std::string& name, const Json& value) {
  const std::string type = value.is_string() ? value.get<std::string>() : "";
  if (type == "F16") return ElementType::F16;
  if (type == "BF16") return ElementType::Bf16;
  if (type == "F32") return ElementType::F32;
  fail(path, fmt::format("tensor '{}' has dtype '{}'; allowed: F16, BF16, F32", name, type));
}

bool is_count_list(const Json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_number_unsigned(); });
}

/// Bytes of a tensor of that shape, or more than any file where the product overflows.
std::size_t byte_size(const TensorEntry& entry) {
  constexpr std::size_t most = std::size_t{1} << 62;
  std::size_t size = bytes_of(entry.type);
  const bool empty = std::count(entry.shape.begin(), entry.shape.end(), 0) != 0;
  for (const std::int64_t n : entry.shape) {
    if (!empty && (n < 0 || size > most / static_cast<std::size_t>(n))) return most;
    size *= static_cast<std::size_t>(n);
  }
  return size;
}

TensorEntry read_entry(const std::string& path, const std::string& name, const Json& value,
                       std::size_t data_size) {
  const bool complete = value.is_object() && value.size() == 3 && value.contains("dtype") &&
                        value.contains("shape") && value.contains("data_offsets");
  if (!complete) fail(path, fmt::format("tensor '{}' needs exactly dtype, shape and data_offsets", name));
  TensorEntry entry{.name = name, .type = element_type(path, name, value["dtype"])};
  const Json &shape = value["shape"], &offsets = value["data_offsets"];
  if (!is_count_list(shape)) fail(path, fmt::format("tensor '{}': its shape is not a list of counts", name));
  if (!is_count_list(offsets) || offsets.size() != 2)
    fail(path, fmt::format("tensor '{}': data_offsets are not two counts", name));
  entry.shape = shape.get<std::vector<std::int64_t>>();
  entry.begin = offsets[0].get<std::size_t>();
  entry.end = offsets[1].get<std::size_t>();
  if (entry.begin > entry.end || entry.end > data_size)
    fail(path, fmt::format("tensor '{}': bytes {} to {} lie outside the {} bytes of data", name, entry.begin,
                           entry.end, data_size));
  if (byte_size(entry) != entry.end - entry.begin)
    fail(path, fmt::format("tensor '{}': {} bytes of data do not fit its shape and dtype", name,
                           entry.end - entry.begin));
  return entry;
}

void check_coverage(const std::string& path, std::vector<TensorEntry>& entries, std::size_t data_size) {
  std::sort(entries.begin(), entries.end(), [](const TensorEntry& a, const TensorEntry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::size_t at = 0;
  for (const TensorEntry& entry : entries) {
    if (entry.begin != at)
      fail(path, fmt::format("tensor '{}' begins at byte {}, the one before it ends at {}: {}", entry.name,
                             entry.begin, at, entry.begin < at ? "they overlap" : "a hole"));
    at = entry.end;
  }
  if (at != data_size) fail(path, fmt::format("{} bytes of data belong to no tensor", data_size - at));
}

}  // namespace

SafeTensorsHeader parse_safetensors_header(const std::string& path, std::string_view json,
                                           std::size_t data_size) {
  const Json root = parse(path, json);
  if (!root.is_object()) fail(path, "the header is not a JSON object");
  SafeTensorsHeader header;
  for (const auto& [name, value] : root.items()) {
    if (name != "__metadata__") {
      header.entries.push_back(read_entry(path, name, value, data_size));
      continue;
    }
    if (!value.is_object()) fail(path, "__metadata__ is not an object");
    for (const auto& [key, item] : value.items()) {
      if (!item.is_string()) fail(path, fmt::format("__metadata__ '{}' is not a string", key));
      header.metadata[key] = item.get<std::string>();
    }
  }
  check_coverage(path, header.entries, data_size);
  return header;
}

}  // namespace mimosa
