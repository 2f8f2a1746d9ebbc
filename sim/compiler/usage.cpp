// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/usage.hpp"

#include <algorithm>
#include <limits>

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
  usage.rest = static_cast<int>(rows.size()) - received;
  return usage;
}

Hold held_by(const std::vector<Usage>& readers) {
  Hold hold;
  std::size_t iterations = 0;
  for (const Usage& reader : readers) iterations = std::max(iterations, reader.receive.size());
  std::vector<int> received(readers.size(), 0), released(readers.size(), 0);
  for (std::size_t k = 0; k < iterations; ++k) {
    const int first = *std::min_element(released.begin(), released.end());
    const int before = *std::max_element(received.begin(), received.end());
    for (std::size_t r = 0; r < readers.size(); ++r) {
      if (k >= readers[r].receive.size()) {  // takes the rest as it comes and holds none of it
        released[r] = std::numeric_limits<int>::max();
        continue;
      }
      received[r] += readers[r].receive[k];
      released[r] += readers[r].release[k];
    }
    const int last = *std::max_element(received.begin(), received.end());
    hold.window = std::max(hold.window, last - first);
    hold.burst = std::max(hold.burst, last - before);
  }
  return hold;
}

}  // namespace mimosa
