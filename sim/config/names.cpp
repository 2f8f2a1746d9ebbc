// SPDX-License-Identifier: Apache-2.0
#include "sim/config/names.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace mimosa {

int edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = static_cast<int>(i);
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

std::vector<std::string> nearest_first(std::string_view word, std::vector<std::string> known) {
  std::stable_sort(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
    return edit_distance(word, a) < edit_distance(word, b);
  });
  return known;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string> sorted = nearest_first(word, known);
  const int near = std::max(2, static_cast<int>(word.size()) / 3);
  if (sorted.empty() || edit_distance(word, sorted.front()) > near) return "";
  return "; did you mean " + sorted.front() + '?';
}

std::string allowed_names(std::string_view word, const std::vector<std::string>& known) {
  constexpr std::size_t readable = 40, nearest = 5;
  const std::string hint = did_you_mean(word, known);
  std::string names = known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "));
  if (known.size() > readable) {
    const std::vector<std::string> sorted = nearest_first(word, known);
    names = fmt::format("{} and {} more", fmt::join(sorted.begin(), sorted.begin() + nearest, ", "),
                        known.size() - nearest);
  }
  return fmt::format("{} allowed: {}", hint.empty() ? ";" : hint, names);
}

bool matches_glob(std::string_view glob, std::string_view text) {
  std::size_t g = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g, ++t;
    } else if (star != std::string_view::npos) {  // let the last star take one more character
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace mimosa
