// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/reduce.hpp"

#include <algorithm>
#include <map>

#include "hw/program/geometry.hpp"

namespace mimosa {

int term_bytes(const Stage& stage, int term, const ChipSpec& chip) {
  return term < static_cast<int>(stage.blocks.size()) ? (result_bits(chip.analog) + 7) / 8
                                                      : bytes_of(chip.vector.format);
}

VectorWork sum_work(const Stage& stage, const std::vector<int>& terms, int cols, const ChipSpec& chip) {
  const std::int64_t elements = static_cast<std::int64_t>(stage.mvms) * cols;
  const auto count = static_cast<std::int64_t>(terms.size());
  VectorWork work{.cycles = chip.vector.latency_cycles +
                            (elements * count + chip.vector.lanes - 1) / chip.vector.lanes};
  work.adds = elements * count;
  for (const int term : terms) {
    if (term < static_cast<int>(stage.blocks.size())) work.muls += elements;  // by the array's drift factor
    work.read_bytes += elements * term_bytes(stage, term, chip);
  }
  work.write_bytes = elements * bytes_of(chip.vector.format);
  return work;
}

std::vector<Sum> reduction_tree(const Stage& stage, const ChipSpec& chip, int fan_in) {
  std::map<int, std::vector<int>> columns;  // by first bit line: terms still to be added
  for (std::size_t b = 0; b < stage.blocks.size(); ++b)
    columns[stage.blocks[b].col0].push_back(static_cast<int>(b));
  const auto at_home =
      static_cast<std::size_t>(std::max(1, fan_in / std::max(1, static_cast<int>(columns.size()))));
  std::vector<Sum> sums;
  for (auto& [col0, terms] : columns) {
    const int cols = columns_of(stage, terms.front()).count;
    while (terms.size() > at_home) {
      const std::size_t groups =
          (terms.size() + static_cast<std::size_t>(fan_in) - 1) / static_cast<std::size_t>(fan_in);
      std::vector<int> next;
      for (std::size_t g = 0; g < groups; ++g) {
        const std::vector<int> group(
            terms.begin() + static_cast<std::ptrdiff_t>(terms.size() * g / groups),
            terms.begin() + static_cast<std::ptrdiff_t>(terms.size() * (g + 1) / groups));
        if (group.size() == 1) {
          next.push_back(group.front());
          continue;
        }
        next.push_back(static_cast<int>(stage.blocks.size() + sums.size()));
        sums.push_back(
            {.col0 = col0, .cols = cols, .terms = group, .work = sum_work(stage, group, cols, chip)});
      }
      terms = next;
    }
  }
  return sums;
}

}  // namespace mimosa
