// SPDX-License-Identifier: Apache-2.0
#include "sim/config/config_error.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fstream>

namespace mimosa {
namespace {

std::string joined(const std::string& first, const std::string& second) {
  return first.empty() ? second : first + ": " + second;
}

}  // namespace

std::string Place::text() const {
  if (line == 0) return file;
  return column == 0 ? fmt::format("{}:{}", file, line) : fmt::format("{}:{}:{}", file, line, column);
}

ConfigError::ConfigError(Place place, std::string key, std::string what)
    : UserError(joined(place.text(), joined(key, what))),
      place_(std::move(place)),
      key_(std::move(key)),
      what_(std::move(what)) {
}

std::string ConfigError::sentence() const {
  return joined(key_, what_);
}

std::string without_prefix(const std::string& text, const std::string& prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

Place place_of(const std::string& origin, const std::string& key) {
  const std::size_t colon = origin.rfind(':');
  if (colon == std::string::npos) return {origin};
  Place place{origin.substr(0, colon)};
  const char* end = origin.data() + origin.size();
  if (std::from_chars(origin.data() + colon + 1, end, place.line).ptr != end) return {origin};
  const std::string line = line_of(place.file, place.line), last = key.substr(key.rfind('.') + 1);
  const std::size_t column = std::min(line.find(key + ':'), line.find(last + ':'));
  if (column != std::string::npos) place.column = static_cast<int>(column) + 1;
  return place;
}

std::string line_of(const std::string& file, int line) {
  std::ifstream stream(file);
  std::string text;
  for (int n = 0; n < line; ++n)
    if (!std::getline(stream, text)) return {};
  if (!text.empty() && text.back() == '\r') text.pop_back();
  return text;
}

}  // namespace mimosa
