// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

namespace mimosa {

/// Flits (or their credits) in consecutive cycles: number j of them at first + j.
struct FlitRun {
  std::int64_t first = 0;
  int count = 0;
};

/// Many short lists of runs, ascending in time, in one store: what a network of mostly idle links needs.
class FlitRuns {
 public:
  struct List {
    int front = -1, back = -1;
    [[nodiscard]] bool empty() const { return front < 0; }
  };

  /// Joins the last run where it follows without a gap.
  void append(List& list, FlitRun run);
  [[nodiscard]] const FlitRun& front(const List& list) const {
    return entries_[static_cast<std::size_t>(list.front)].run;
  }
  /// Takes the first `flits` of the front run away.
  void take(List& list, int flits);

 private:
  struct Entry {
    FlitRun run;
    int next = -1;
  };
  [[nodiscard]] Entry& entry(int index) { return entries_[static_cast<std::size_t>(index)]; }

  std::vector<Entry> entries_;
  int free_ = -1;  ///< list of unused entries
};

}  // namespace mimosa
