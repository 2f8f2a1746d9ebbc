// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/usage.hpp"

#include <algorithm>

namespace mimosa {

Usage usage_of(const std::vector<int>& rows, const std::vector<std::vector<int>>& needed) {
  std::vector<int> position;  // by row
  for (std::size_t p = 0; p < rows.size(); ++p) {
    const auto row = static_cast<std::size_t>(rows[p]);
    if (row >= position.size()) position.resize(row + 1, -1);
    position[row] = static_cast<int>(p);
  }
  const auto position_of = [&](int row) {
    return static_cast<std::size_t>(row) < position.size() ? position[static_cast<std::size_t>(row)] : -1;
  };
  std::vector<int> last_use(rows.size(), 0);
  for (std::size_t k = 0; k < needed.size(); ++k)
    for (const int row : needed[k])
      if (const int p = position_of(row); p >= 0) last_use[static_cast<std::size_t>(p)] = static_cast<int>(k);
  Usage usage{.receive = std::vector<int>(needed.size(), 0), .release = std::vector<int>(needed.size(), 0)};
  int received = 0, released = 0;
  for (std::size_t k = 0; k < needed.size(); ++k) {
    for (const int row : needed[k])
      for (const int p = position_of(row); received <= p; ++received) ++usage.receive[k];
    usage.window = std::max(usage.window, received - released);
    usage.burst = std::max(usage.burst, usage.receive[k]);
    for (; released < received && last_use[static_cast<std::size_t>(released)] <= static_cast<int>(k);
         ++released)
      ++usage.release[k];
  }
  return usage;
}

}  // namespace mimosa
