// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "traces/options.hpp"

namespace mimosa {

/// A row of a timeline: a thread of a process in the format's words.
struct Track {
  int process = 0, thread = 0;
  friend auto operator<=>(const Track&, const Track&) = default;
};

/// Writes Chrome trace-event JSON, which Perfetto opens, event by event as a simulation goes. The format
/// counts microseconds and viewers keep nanoseconds, so a cycle is written as a nanosecond whatever the
/// clock: nothing is rounded. Only what lies in the window is written, slices cut to it.
class TimelineFile {
 public:
  using Arguments = std::vector<std::pair<const char*, std::int64_t>>;
  using Series = std::vector<std::pair<std::string, double>>;

  /// `about`: pairs that stand at the head. UserError where `path` cannot be written.
  TimelineFile(std::string path, const TraceWindow& window,
               const std::vector<std::pair<std::string, std::string>>& about);
  /// Closes what is there, whatever happened.
  ~TimelineFile();
  TimelineFile(const TimelineFile&) = delete;
  TimelineFile& operator=(const TimelineFile&) = delete;

  void name_process(int process, const std::string& name);
  void name_thread(const Track& track, const std::string& name);
  /// Slices of a track nest. Where the slice begins in the window; none where all of it lies outside.
  std::optional<std::int64_t> slice(const Track& track, const std::string& name, std::int64_t from,
                                    std::int64_t cycles, const Arguments& arguments);
  /// A slice around others whose end is not known yet, begun before them so that viewers, which keep the
  /// order of the file within an instant, nest them. Cycles of the window, `end` at most one behind it.
  void begin(const Track& track, const std::string& name, std::int64_t cycle, const Arguments& arguments);
  void end(const Track& track, std::int64_t cycle);
  void counter(int process, const std::string& name, std::int64_t cycle, const Series& series);
  /// A point of the arrow `id`, in the slice that covers the cycle: 's' starts, 't' goes on, 'f' ends.
  void flow(char phase, const std::string& name, std::int64_t id, const Track& track, std::int64_t cycle);
  /// Ends the file. UserError where it could not be written whole.
  void close();

  [[nodiscard]] const TraceWindow& window() const { return window_; }

 private:
  void write(const std::string& event);
  const std::string path_;
  const TraceWindow window_;
  std::ofstream file_;
  const char* separator_ = "\n";
};

}  // namespace mimosa
