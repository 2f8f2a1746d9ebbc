// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/run/timed_engine.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/timeline_reader.hpp"

namespace mimosa::drawn {

constexpr int passes = 6;
constexpr int first_task_row = 200'000, first_array_row = 10, rows_of_array = 2, vector_unit_row = 1;

/// A timeline of a small MIMOConv, read back.
struct Drawn {
  ChipSpec chip;
  Program program;
  TimedRun run;
  ReadTimeline timeline;

  explicit Drawn(const TraceWindow& window = {}, int break_off_after = 0, ChipSpec spec = small_chip())
      : chip(std::move(spec)) {
    chip.tile.dpes = 2;  // so that tiles hold several arrays and tasks
    program = compile(small_mimoconv(2, 2), chip, {}).program;
    const TemporaryFolder folder;
    TimedOptions options;
    options.passes = break_off_after > 0 ? 64 : passes;
    options.stop_when_steady = false;
    options.trace = {
        .vcd_glob = {}, .vcd_path = {}, .timeline_path = folder.path("t.json"), .window = window};
    int calls = 0;
    options.progress = [&](double) {
      if (break_off_after > 0 && ++calls > break_off_after) throw std::runtime_error("stop");
    };
    try {
      run = run_timed(program, chip, options);
    } catch (const UserError&) {
      throw;
    } catch (const std::runtime_error&) {  // broken off
    }
    timeline = read_timeline(read_file(folder.path("t.json")));
  }
};

inline std::int64_t total(const std::vector<ReadSlice>& slices) {
  std::int64_t sum = 0;
  for (const ReadSlice& slice : slices) sum += slice.to - slice.from;
  return sum;
}

/// As viewers see them: by time, within an instant by their order in the file.
inline std::vector<ReadSlice> by_time(std::vector<ReadSlice> slices) {
  std::sort(slices.begin(), slices.end(), [](const ReadSlice& a, const ReadSlice& b) {
    return a.from != b.from ? a.from < b.from : a.place < b.place;
  });
  return slices;
}

inline bool nest(const std::vector<ReadSlice>& slices) {
  std::vector<std::int64_t> open;
  for (const ReadSlice& slice : by_time(slices)) {
    while (!open.empty() && open.back() <= slice.from) open.pop_back();
    if (!open.empty() && slice.to > open.back()) return false;
    open.push_back(slice.to);
  }
  return true;
}

inline bool overlap(const std::vector<ReadSlice>& slices) {
  const std::vector<ReadSlice> sorted = by_time(slices);
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i].from < sorted[i - 1].to) return true;
  return false;
}

/// A row for a unit or a link, where nothing overlaps at all.
inline bool is_unit(const Drawn& d, const ReadTrack& track) {
  return d.timeline.processes.at(track.first) == "mesh" || track.second < first_task_row;
}

/// Slices of units are written as they begin, flow points as the pass comes by, curves as time goes on.
inline void check_order(const Drawn& d) {
  for (const auto& [track, slices] : d.timeline.slices)
    if (is_unit(d, track))
      for (std::size_t i = 1; i < slices.size(); ++i) {
        CHECK(slices[i].from >= slices[i - 1].to);
        CHECK(slices[i].place > slices[i - 1].place);
      }
  for (const auto& [id, points] : d.timeline.flows) {
    CHECK(points.front().phase == 's');
    CHECK(points.back().phase == 'f');
    for (std::size_t i = 1; i < points.size(); ++i) CHECK(points[i].at >= points[i - 1].at);
  }
  for (const auto& [key, points] : d.timeline.counters)
    for (std::size_t i = 1; i < points.size(); ++i) {
      CHECK(points[i].first > points[i - 1].first);
      if (key.second != "energy (nJ)") continue;
      for (const auto& [component, value] : points[i - 1].second.items())
        CHECK(points[i].second.at(component).get<double>() >= value.get<double>());
    }
}

inline void check_form(const Drawn& d) {
  check_order(d);
  for (const auto& [track, slices] : d.timeline.slices) {
    INFO("process " << track.first << " thread " << track.second);
    CHECK(d.timeline.processes.count(track.first) == 1);
    CHECK(d.timeline.threads.count(track) == 1);
    CHECK(nest(slices));
    if (is_unit(d, track)) CHECK_FALSE(overlap(slices));
    for (const ReadSlice& slice : slices) CHECK(slice.to > slice.from);
  }
  for (const auto& [id, points] : d.timeline.flows) {
    INFO("pass " << id);
    const auto of_phase = [&](char phase) {
      return std::count_if(points.begin(), points.end(), [&](const auto& p) { return p.phase == phase; });
    };
    CHECK(of_phase('s') == 1);
    CHECK(of_phase('f') == 1);
    for (const auto& point : points) {
      CHECK(point.at >= points.front().at);
      CHECK(point.at <= points.back().at);
      const auto& slices = d.timeline.slices.at(point.track);
      CHECK(std::any_of(slices.begin(), slices.end(),
                        [&](const ReadSlice& s) { return s.from <= point.at && point.at < s.to; }));
    }
  }
}

}  // namespace mimosa::drawn
