// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace mimosa {

struct ReadSlice {
  std::int64_t from = 0, to = 0;
  std::string name;
  nlohmann::json args;
  std::size_t place = 0;  ///< of its beginning among all events of the file
};
using ReadTrack = std::pair<int, int>;  ///< process, thread

/// A timeline as read back: times in cycles, which must be whole.
struct ReadTimeline {
  std::map<ReadTrack, std::vector<ReadSlice>> slices;
  std::map<ReadTrack, std::string> threads;
  std::map<int, std::string> processes;
  std::map<std::pair<int, std::string>, std::vector<std::pair<std::int64_t, nlohmann::json>>> counters;
  struct Point {
    char phase;
    ReadTrack track;
    std::int64_t at;
  };
  std::map<int, std::vector<Point>> flows;
};

inline std::int64_t whole_cycles(const nlohmann::json& microseconds) {
  const double cycles = microseconds.get<double>() * 1000.0;
  if (std::abs(cycles - std::round(cycles)) > 1e-4) throw std::runtime_error("not a whole cycle");
  return std::llround(cycles);
}

/// Fields of an event by its phase, as the format has them: all of `needed`, none but those and `allowed`.
inline void check_fields(const nlohmann::json& event, const std::string& phase) {
  struct Fields {
    std::set<std::string> needed, allowed;
  };
  static const std::map<std::string, Fields> fields{
      {"M", {{"ph", "name", "pid", "args"}, {"tid"}}},
      {"X", {{"ph", "name", "pid", "tid", "ts", "dur", "args"}, {}}},
      {"B", {{"ph", "name", "pid", "tid", "ts", "args"}, {}}},
      {"E", {{"ph", "pid", "tid", "ts"}, {}}},
      {"C", {{"ph", "name", "pid", "ts", "args"}, {}}},
      {"s", {{"ph", "name", "cat", "id", "pid", "tid", "ts"}, {}}},
      {"t", {{"ph", "name", "cat", "id", "pid", "tid", "ts"}, {}}},
      {"f", {{"ph", "name", "cat", "id", "pid", "tid", "ts", "bp"}, {}}}};
  if (fields.count(phase) == 0) throw std::runtime_error("an event of phase " + phase);
  const Fields& known = fields.at(phase);
  for (const std::string& field : known.needed)
    if (!event.contains(field)) throw std::runtime_error("an event " + phase + " without " + field);
  for (const auto& [field, value] : event.items()) {
    if (known.needed.count(field) + known.allowed.count(field) == 0)
      throw std::runtime_error("an event " + phase + " with " + field);
    const bool text = field == "ph" || field == "name" || field == "cat" || field == "bp";
    const bool time = field == "ts" || field == "dur";
    const bool fits = text              ? value.is_string()
                      : time            ? value.is_number()
                      : field == "args" ? value.is_object()
                                        : value.is_number_integer();
    if (!fits) throw std::runtime_error("an event " + phase + " whose " + field + " is of another type");
    if (time && value.get<double>() < 0.0) throw std::runtime_error("an event before the beginning");
  }
  if (phase == "C")
    for (const auto& [series, value] : event.at("args").items())
      if (!value.is_number()) throw std::runtime_error("a curve that is no number: " + series);
}

/// Throws on what is no JSON, on phases we do not write, and on fields that are missing.
inline ReadTimeline read_timeline(const std::string& text) {
  ReadTimeline timeline;
  const auto document = nlohmann::json::parse(text);
  std::map<ReadTrack, std::vector<ReadSlice>> open;
  std::size_t place = 0;
  for (const auto& event : document.at("traceEvents")) {
    ++place;
    const std::string phase = event.at("ph");
    check_fields(event, phase);
    const int process = event.at("pid");
    const ReadTrack track{process, event.value("tid", 0)};
    if (phase == "M") {
      if (event.at("name") == "process_name") timeline.processes[process] = event.at("args").at("name");
      if (event.at("name") == "thread_name") timeline.threads[track] = event.at("args").at("name");
    } else if (phase == "X") {
      const std::int64_t from = whole_cycles(event.at("ts"));
      timeline.slices[track].push_back(
          {from, from + whole_cycles(event.at("dur")), event.at("name"), event.at("args"), place});
    } else if (phase == "B") {
      open[track].push_back({whole_cycles(event.at("ts")), 0, event.at("name"), event.at("args"), place});
    } else if (phase == "E") {
      if (open[track].empty()) throw std::runtime_error("an end without a beginning");
      timeline.slices[track].push_back(open[track].back());
      timeline.slices[track].back().to = whole_cycles(event.at("ts"));
      open[track].pop_back();
    } else if (phase == "C") {
      timeline.counters[{process, event.at("name")}].emplace_back(whole_cycles(event.at("ts")),
                                                                  event.at("args"));
    } else {
      timeline.flows[event.at("id")].push_back({phase[0], track, whole_cycles(event.at("ts"))});
    }
  }
  for (const auto& [track, slices] : open)
    if (!slices.empty()) throw std::runtime_error("a beginning without an end");
  return timeline;
}

}  // namespace mimosa
