// SPDX-License-Identifier: Apache-2.0
#include "traces/glob_distance.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace mimosa {

int glob_distance(std::string_view glob, std::string_view text) {
  // Levenshtein's table, a row for every letter of the glob; a star passes over letters for nothing.
  std::vector<int> above(text.size() + 1), row(text.size() + 1);
  std::iota(above.begin(), above.end(), 0);
  for (const char g : glob) {
    const int one = g == '*' ? 0 : 1;
    row[0] = above[0] + one;
    for (std::size_t t = 1; t <= text.size(); ++t) {
      const int replaced = g == '*' || g == '?' || g == text[t - 1] ? 0 : 1;
      row[t] = std::min({above[t] + one, row[t - 1] + one, above[t - 1] + replaced});
    }
    std::swap(above, row);
  }
  return above.back();
}

}  // namespace mimosa
