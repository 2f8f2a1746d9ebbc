// SPDX-License-Identifier: Apache-2.0
#include "sim/config/evidence.hpp"

#include <string_view>

#include "sim/config/config_error.hpp"

namespace mimosa {

std::string comment_at(const std::string& origin) {
  const Place place = place_of(origin, "");
  const std::string line = line_of(place.file, place.line);
  const std::size_t comment = line.find(" #");
  if (comment == std::string::npos) return {};
  const std::size_t text = line.find_first_not_of(' ', comment + 2);
  return text == std::string::npos ? "" : line.substr(text);
}

std::string evidence_tags(const std::string& comment) {
  constexpr std::string_view known = "ANSRDE";
  std::string tags;
  for (std::size_t at = comment.find('['); at != std::string::npos; at = comment.find('[', at + 1))
    for (std::size_t i = at + 1; i < comment.size() && known.find(comment[i]) != std::string_view::npos;
         ++i) {
      tags += comment[i];
      if (i + 1 < comment.size() && comment[i + 1] == '/') ++i;
    }
  return tags;
}

std::vector<std::string> estimated_keys(const std::map<std::string, std::string>& origins) {
  std::vector<std::string> keys;
  for (const auto& [key, origin] : origins)
    if (evidence_tags(comment_at(origin)).find('E') != std::string::npos) keys.push_back(key);
  return keys;
}

}  // namespace mimosa
