// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <set>

#include "traces/timeline_file.hpp"

namespace mimosa {

/// Arrows that lead a pass through a timeline: from the host to the first work of every stage and back. Each
/// that starts also ends, in the window and where the run is broken off, too.
class PassFlows {
 public:
  explicit PassFlows(TimelineFile& file) : file_(file) {}
  /// A slice in which a stage (−1: the host) works on a pass; the first one of each stage is a point.
  void visit(int pass, int stage, const Track& track, std::int64_t cycle);
  /// The pass has left the chip, with this slice.
  void leave(int pass, const Track& track, std::int64_t cycle);
  /// Ends what is under way.
  void close();

 private:
  struct Point {
    Track track;
    std::int64_t cycle = 0;
  };
  struct Flow {
    Point last;  ///< not yet written: it may be the end
    std::set<int> stages;
    bool started = false;
  };
  void write(char phase, int pass, const Point& point);
  void write_last(int pass, Flow& flow);

  TimelineFile& file_;
  std::map<int, Flow> under_way_;
};

}  // namespace mimosa
