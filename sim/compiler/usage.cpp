// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/usage.hpp"

#include <algorithm>
#include <map>

#include "hw/program/geometry.hpp"

namespace mimosa {

Usage usage_of(const std::vector<int>& rows, const std::vector<std::vector<int>>& needed) {
  std::map<int, int> position;
  for (std::size_t p = 0; p < rows.size(); ++p) position[rows[p]] = static_cast<int>(p);
  std::vector<int> last_use(rows.size(), 0);
  for (std::size_t k = 0; k < needed.size(); ++k)
    for (const int row : needed[k])
      last_use[static_cast<std::size_t>(position.at(row))] = static_cast<int>(k);
  Usage usage{.receive = std::vector<int>(needed.size(), 0), .release = std::vector<int>(needed.size(), 0)};
  int received = 0, released = 0;
  for (std::size_t k = 0; k < needed.size(); ++k) {
    for (const int row : needed[k])
      for (; received <= position.at(row); ++received) ++usage.receive[k];
    usage.window = std::max(usage.window, received - released);
    usage.burst = std::max(usage.burst, usage.receive[k]);
    for (; released < received && last_use[static_cast<std::size_t>(released)] <= static_cast<int>(k);
         ++released)
      ++usage.release[k];
  }
  return usage;
}

std::vector<std::vector<int>> needed_rows(const Mapping& m, const std::vector<Task>& tasks,
                                          const Flow& flow) {
  const Task& reader = tasks[static_cast<std::size_t>(flow.channel.to)];
  std::vector<std::vector<int>> needed;
  if (flow.channel.node.empty()) {  // partial sums: one row an iteration
    for (const int row : flow.rows) needed.push_back({row});
    return needed;
  }
  const int node = node_index(m.graph, flow.channel.node);
  for (const Reading& reading : readings(m, reader)) {
    if (reading.node != node) continue;
    for (const std::vector<int>& rows : reading.rows) {
      needed.emplace_back();
      for (const int row : rows)
        if (std::find(flow.rows.begin(), flow.rows.end(), row) != flow.rows.end())
          needed.back().push_back(row);
    }
  }
  return needed;
}

}  // namespace mimosa
