// SPDX-License-Identifier: Apache-2.0
#include "hw/noc/flit_runs.hpp"

namespace mimosa {

void FlitRuns::append(List& list, FlitRun run) {
  if (!list.empty()) {
    FlitRun& last = entry(list.back).run;
    if (last.first + last.count == run.first) {
      last.count += run.count;
      return;
    }
  }
  int index = free_;
  if (index < 0) {
    index = static_cast<int>(entries_.size());
    entries_.emplace_back();
  } else {
    free_ = entry(index).next;
  }
  entry(index) = {run, -1};
  if (list.empty())
    list.front = index;
  else
    entry(list.back).next = index;
  list.back = index;
}

void FlitRuns::take(List& list, int flits) {
  const int index = list.front;
  Entry& e = entry(index);
  e.run.first += flits;
  e.run.count -= flits;
  if (e.run.count > 0) return;
  list.front = e.next;
  if (list.front < 0) list.back = -1;
  e.next = free_;
  free_ = index;
}

}  // namespace mimosa
