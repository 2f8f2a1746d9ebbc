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

/// Throws on what is no JSON, on phases we do not write, and on fields that are missing.
inline ReadTimeline read_timeline(const std::string& text) {
  ReadTimeline timeline;
  const auto document = nlohmann::json::parse(text);
  std::map<ReadTrack, std::vector<ReadSlice>> open;
  std::size_t place = 0;
  for (const auto& event : document.at("traceEvents")) {
    ++place;
    const std::string phase = event.at("ph");
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
    } else if (phase == "s" || phase == "t" || phase == "f") {
      timeline.flows[event.at("id")].push_back({phase[0], track, whole_cycles(event.at("ts"))});
    } else {
      throw std::runtime_error("an event of phase " + phase);
    }
  }
  for (const auto& [track, slices] : open)
    if (!slices.empty()) throw std::runtime_error("a beginning without an end");
  return timeline;
}

}  // namespace mimosa
