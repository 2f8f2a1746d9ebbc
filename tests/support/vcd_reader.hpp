// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mimosa {

struct VcdReadVariable {
  std::string name, id;
  int bits = 0;
  bool real = false;
  friend bool operator==(const VcdReadVariable&, const VcdReadVariable&) = default;
};

struct VcdEvent {
  std::int64_t time = 0;
  std::size_t variable = 0;
  double value = 0.0;
};

/// What a value change dump says.
struct VcdDump {
  std::string timescale;
  std::vector<VcdReadVariable> variables;
  std::vector<VcdEvent> events;  ///< as they stand in the file
  std::int64_t first = 0, last = 0;

  /// Index of a variable; throws where there is none.
  [[nodiscard]] std::size_t find(const std::string& name) const;
  /// Times and values of one variable.
  [[nodiscard]] std::vector<std::pair<std::int64_t, double>> changes(const std::string& name) const;
  /// Time during which a variable has a value, from the first time of the file to the last.
  [[nodiscard]] std::int64_t time_at(const std::string& name, double value) const;
};

/// Reads a dump strictly by IEEE 1364-2005, section 18: every command closed, every identifier declared once,
/// scopes balanced, one $dumpvars with every variable in it, times that grow, no value before a time or
/// longer than its variable, numbers and nothing behind them. Throws std::runtime_error with the line.
[[nodiscard]] VcdDump read_vcd(const std::string& text);

/// Name, time and value of every event, sorted: what two dumps of the same waveform share.
[[nodiscard]] std::vector<std::string> sorted_events(const VcdDump& dump);

}  // namespace mimosa
