// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

#include "hw/program/counts.hpp"
#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/compiler/floor_plan.hpp"
#include "tests/support/drawn_timeline.hpp"
#include "tests/support/task_cycles.hpp"
#include "tests/support/temporary_folder.hpp"
#include "traces/timeline_file.hpp"

using namespace mimosa;
using namespace mimosa::drawn;
using Catch::Matchers::Contains;

namespace {

/// Flits over each link in all passes, as the compiler's floor plan has them.
std::map<std::string, std::int64_t> flits_by_link(const Program& program, const ChipSpec& chip) {
  std::map<std::string, std::int64_t> flits;
  for (const PlannedLink& link : floor_plan(program, chip).links) {
    const int step = link.to - link.from;
    const char* side = step == 1 ? "east" : step == -1 ? "west" : step > 0 ? "south" : "north";
    flits["tile " + std::to_string(link.from) + ' ' + side] = passes * link.flits;
  }
  return flits;
}

}  // namespace

TEST_CASE("slices nest, units and links never do two things at once, flows begin and end", "[timeline]") {
  const Drawn d;
  check_form(d);
  CHECK(d.timeline.flows.size() == passes);
  for (const auto& [id, points] : d.timeline.flows)  // the host, then every stage once, then the host
    CHECK(points.size() == d.program.stages.size() + 2);
}

TEST_CASE("every array, vector unit and link is busy as long as the program says", "[timeline]") {
  const Drawn d;
  std::map<ReadTrack, std::int64_t> expected;
  std::map<int, int> arrays;
  for (const Task& task : d.program.tasks) {
    const int process = 2 + task.tile;
    ReadTrack track{process, vector_unit_row};
    if (task.kind == TaskKind::Array) track.second = first_array_row + rows_of_array * arrays[task.tile]++;
    for (const Instruction& i : task.code) {
      const Stage* stage = task.stage < 0 ? nullptr : &d.program.stages[static_cast<std::size_t>(task.stage)];
      if (i.op == Opcode::Mvm) expected[track] += passes * array_cycles(*stage, task, d.chip);
      if (i.op == Opcode::Mvm)
        expected[{track.first, track.second + 1}] = expected[track];  // a lump's converters
      if (i.op == Opcode::Vec) expected[track] += passes * vector_work(d.program, task, i.iteration).cycles;
    }
  }
  std::map<ReadTrack, std::int64_t> seen;
  std::map<std::string, std::int64_t> links;
  for (const auto& [track, slices] : d.timeline.slices) {
    if (d.timeline.processes.at(track.first) == "mesh")
      links[d.timeline.threads.at(track)] = total(slices);
    else if (is_unit(d, track))
      seen[track] = total(slices);
  }
  CHECK(seen == expected);
  CHECK(links == flits_by_link(d.program, d.chip));
  CHECK_FALSE(links.empty());
}

TEST_CASE("the busiest unit of a timeline is the bottleneck of the report", "[timeline]") {
  const Drawn d;
  std::int64_t busiest = 0, end = 0;
  for (const auto& [track, slices] : d.timeline.slices) {
    if (!is_unit(d, track) || d.timeline.processes.at(track.first) == "mesh") continue;
    std::map<std::string, std::int64_t> of_task;  // tasks share a vector unit
    for (const ReadSlice& slice : slices)
      busiest = std::max(busiest, of_task[slice.name] += slice.to - slice.from);
  }
  for (const auto& [id, points] : d.timeline.flows)
    end = std::max(end, points.back().at + 1);  // one cycle stores a row
  const auto percent =
      static_cast<int>(100.0 * static_cast<double>(busiest) / static_cast<double>(end) + 0.5);
  CHECK_THAT(d.run.timing.bottleneck, Contains("busy " + std::to_string(percent) + " %"));
}

TEST_CASE("the curves end at the report's energy and at empty channels", "[timeline]") {
  const Drawn d;
  const auto& energy = d.timeline.counters.at({1, "energy (nJ)"}).back().second;
  for (const auto& [component, joules] : energy_by_component(d.run.counts, d.chip))
    CHECK(energy.at(component).get<double>() == Approx(joules * 1e9).epsilon(1e-12));
  std::size_t channels = 0;
  for (const auto& [key, points] : d.timeline.counters) {
    if (key.second.rfind("channel ", 0) != 0) continue;
    const int capacity = d.program.channels[std::stoul(key.second.substr(8))].capacity;
    for (std::size_t i = 0; i < points.size(); ++i) {
      CHECK(points[i].second.at("rows").get<int>() <= capacity);
      if (i > 0) CHECK(points[i].first > points[i - 1].first);
    }
    CHECK(points.back().second.at("rows") == 0);
    ++channels;
  }
  CHECK(channels == d.program.channels.size());
}

TEST_CASE("a window holds what the whole timeline holds there, cut to it", "[timeline]") {
  const std::int64_t from = 2000, to = 2400;
  const Drawn whole, part({.from = from, .to = to});
  check_form(part);
  std::size_t slices = 0;
  for (const auto& [track, all] : whole.timeline.slices) {
    std::vector<std::tuple<std::int64_t, std::int64_t, std::string>> expected, seen;
    for (const ReadSlice& s : all)
      if (s.to > from && s.from <= to)
        expected.emplace_back(std::max(s.from, from), std::min(s.to, to + 1), s.name);
    if (part.timeline.slices.count(track) > 0)
      for (const ReadSlice& s : part.timeline.slices.at(track)) seen.emplace_back(s.from, s.to, s.name);
    CHECK(seen == expected);
    slices += expected.size();
  }
  CHECK(slices > 100);
  CHECK_FALSE(part.timeline.flows.empty());
  for (const auto& [key, points] : part.timeline.counters)
    for (const auto& [at, values] : points) CHECK((at >= from && at <= to));
  CHECK(part.run.counts == whole.run.counts);
}

TEST_CASE("a run that is broken off leaves a good timeline until then", "[timeline][error]") {
  const Drawn d({}, 1);
  check_form(d);
  CHECK(d.run.timing.passes_simulated == 0);
  CHECK_FALSE(d.timeline.slices.empty());
  CHECK_FALSE(d.timeline.flows.empty());
}

TEST_CASE("a timeline file quotes names and writes cycles exactly", "[timeline]") {
  const TemporaryFolder folder;
  {
    TimelineFile file(folder.path("t.json"), {}, {{"a \"quoted\" key", "b\\"}});
    file.name_process(1, "p\n");
    file.name_thread({1, 2}, "t\"");
    CHECK(file.slice({1, 2}, "s", 1234567890123, 1, {{"x", -3}}) == 1234567890123);
    CHECK_FALSE(file.slice({1, 2}, "none", 5, 0, {}));
  }
  const ReadTimeline timeline = read_timeline(read_file(folder.path("t.json")));
  CHECK(timeline.threads.at({1, 2}) == "t\"");
  CHECK(timeline.slices.at({1, 2}).size() == 1);
  CHECK(timeline.slices.at({1, 2})[0].from == 1234567890123);
  CHECK_THROWS_AS(TimelineFile("no/such/folder/t.json", TraceWindow{}, {}), UserError);
  TimelineFile full("/dev/full", {}, {});
  CHECK_THROWS_AS(full.close(), UserError);
}
