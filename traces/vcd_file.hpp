// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <fstream>
#include <functional>
#include <queue>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "traces/options.hpp"

namespace mimosa {

/// One variable of a waveform.
struct VcdVariable {
  std::string name;  ///< scopes and name, joined by dots
  int bits = 1;      ///< 0: a real number; 1: whether the value is above 0
};

/// Writes a value change dump (IEEE 1364-2005, section 18) as a simulation goes, without dates, so that equal
/// runs give equal bytes. Of several values within a cycle the last counts.
class VcdFile {
 public:
  /// Variables of a scope follow one another. `cycle_ps`: length of a cycle. UserError where `path` cannot be
  /// written.
  VcdFile(std::string path, std::vector<VcdVariable> variables, std::int64_t cycle_ps,
          const TraceWindow& window, std::string_view comment);
  /// Closes what is there, whatever happened.
  ~VcdFile();
  VcdFile(const VcdFile&) = delete;
  VcdFile& operator=(const VcdFile&) = delete;

  /// The variable has this value from cycle `at` on, which may lie ahead of now.
  void set(std::size_t variable, double value, std::int64_t at) {
    expect({at, ++calls_, variable, value, false});
  }
  /// The variable grows by this much at cycle `at`.
  void add(std::size_t variable, double more, std::int64_t at) {
    expect({at, ++calls_, variable, more, true});
  }
  /// Time has come to `now`: what was said about earlier cycles is settled.
  void advance(std::int64_t now);
  /// Writes what happened until `end` and closes the file. UserError where it could not be written whole.
  void close(std::int64_t end);

 private:
  struct Change {
    std::int64_t at;
    std::uint64_t call;
    std::size_t variable;
    double value;
    bool relative;
    friend bool operator>(const Change& a, const Change& b) {
      return std::tie(a.at, a.call) > std::tie(b.at, b.call);
    }
  };

  void expect(const Change& change);
  void settle(std::int64_t cycle);
  void write_header(std::int64_t cycle_ps, std::string_view comment);
  void write_scopes();
  void write_time(std::int64_t cycle);
  void write_value(std::size_t variable);
  [[nodiscard]] double shown(std::size_t variable) const;
  void write_all(std::int64_t cycle);

  const std::string path_;
  const std::vector<VcdVariable> variables_;
  const TraceWindow window_;
  std::ofstream file_;
  std::int64_t ticks_per_cycle_ = 1;
  std::priority_queue<Change, std::vector<Change>, std::greater<>> expected_;
  std::vector<double> values_, written_;
  std::vector<std::size_t> changed_;
  std::int64_t now_ = 0;
  std::uint64_t calls_ = 0;
  bool begun_ = false;  ///< the window has, and all values were written
};

}  // namespace mimosa
