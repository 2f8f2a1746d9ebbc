// SPDX-License-Identifier: Apache-2.0
// Bad schedules of every kind: each starts from a program that runs and breaks one thing.
#include "hw/program/verify.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include <catch2/catch.hpp>

#include "hw/program/waiting.hpp"
#include "sim/compiler/compile.hpp"
#include "tests/support/graph_builder.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;
using Catch::Matchers::Contains;

namespace {

using Code = std::vector<Instruction>;

Program good_program() {
  return compile(small_mimoconv(2, 2), small_chip(), {.sum_fan_in = 2}).program;
}

Task& first(Program& program, TaskKind kind) {
  return *std::find_if(program.tasks.begin(), program.tasks.end(),
                       [kind](const Task& t) { return t.kind == kind; });
}

Code::iterator find(Code& code, Opcode op) {
  return std::find_if(code.begin(), code.end(), [op](const Instruction& i) { return i.op == op; });
}

/// What the checker says of a program after `break_it`.
std::string verdict(const std::function<void(Program&)>& break_it) {
  Program program = good_program();
  REQUIRE_FALSE(find_stall(program));
  break_it(program);
  const std::optional<Stall> stall = find_stall(program);
  return stall ? stall->text : "";
}

/// A program of two tasks without stages: the host's input and output, over the channels given.
Program two_tasks(int capacity, Code in, Code out) {
  Program p;
  p.channels = {{.from = 0, .to = 1, .node = "a", .rows = 2, .row_bytes = 1, .capacity = capacity},
                {.from = 1, .to = 0, .node = "b", .rows = 2, .row_bytes = 1, .capacity = capacity}};
  p.tasks = {{.kind = TaskKind::HostIn, .code = std::move(in)},
             {.kind = TaskKind::HostOut, .code = std::move(out)}};
  return p;
}

constexpr auto put = [](int c) { return Instruction{.op = Opcode::Send, .channel = c}; };
constexpr auto take = [](int c) { return Instruction{.op = Opcode::Recv, .channel = c}; };
constexpr auto back = [](int c, int n) { return Instruction{.op = Opcode::Sync, .channel = c, .count = n}; };

}  // namespace

TEST_CASE("a channel without a place stops the program", "[compiler][error]") {
  CHECK_THAT(verdict([](Program& p) { p.channels[0].capacity = 0; }), Contains("for a place in channel 0"));
}

TEST_CASE("a buffer shorter than its reader's window stops the program", "[compiler][error]") {
  // A 3 x 3 convolution holds three rows of each slot at once.
  Program program = compile(small_mimoconv(2, 2), small_chip(), {.replicate = false}).program;
  const auto wide = std::find_if(program.channels.begin(), program.channels.end(), [&](const Channel& c) {
    return !c.node.empty() && c.node != "input" &&
           program.tasks[static_cast<std::size_t>(c.to)].kind == TaskKind::Array && c.capacity > 3;
  });
  REQUIRE(wide != program.channels.end());
  wide->capacity = 1;
  const std::optional<Stall> stall = find_stall(program);
  REQUIRE(stall);
  CHECK_THAT(stall->text,
             Contains("a circle of waiting") &&
                 Contains("for a place in channel " + std::to_string(wide - program.channels.begin())));
  CHECK_FALSE(stall->full_channels.empty());
}

TEST_CASE("a row that is not sent, not received or given back twice is told with its channel",
          "[compiler][error]") {
  const auto drop = [](TaskKind kind, Opcode op) {
    return verdict([=](Program& p) {
      Code& code = first(p, kind).code;
      code.erase(find(code, op));
    });
  };
  for (const TaskKind kind : {TaskKind::Array, TaskKind::Sum, TaskKind::Vector}) {
    CHECK_THAT(drop(kind, Opcode::Send), Contains("are sent"));
    CHECK_THAT(drop(kind, Opcode::Sync), Contains("given back"));
  }
  CHECK_THAT(drop(TaskKind::HostOut, Opcode::Sync), Contains("given back"));
  CHECK_THAT(drop(TaskKind::HostIn, Opcode::Send), Contains("are sent"));
  // Without its recv the task would give back a place it never filled, or add what is not there.
  CHECK_THAT(drop(TaskKind::HostOut, Opcode::Recv), Contains("gives back"));
  CHECK_THAT(drop(TaskKind::Sum, Opcode::Recv), Contains("before they are received"));
  CHECK_THAT(verdict([](Program& p) {
               Code& code = first(p, TaskKind::Array).code;
               const auto at = find(code, Opcode::Sync);
               code.insert(at, *at);
             }),
             Contains("gives back"));
}

TEST_CASE("partial sums in the wrong order are told", "[compiler][error]") {
  const auto first_last = [](TaskKind kind, Opcode op) {
    return verdict([=](Program& p) {
      Code& code = first(p, kind).code;
      const Instruction moved = *find(code, op);
      code.erase(find(code, op));
      code.insert(op == Opcode::Send ? code.begin() : code.end(), moved);
    });
  };
  CHECK_THAT(first_last(TaskKind::Array, Opcode::Send), Contains("before they are made"));
  CHECK_THAT(first_last(TaskKind::Sum, Opcode::Send), Contains("before they are made"));
  CHECK_THAT(first_last(TaskKind::Sum, Opcode::Recv), Contains("before they are received"));
  CHECK_THAT(verdict([](Program& p) {
               Code& code = first(p, TaskKind::Sum).code;
               std::iter_swap(find(code, Opcode::Vec), find(code, Opcode::Sync));
             }),
             Contains("before they are added"));
}

TEST_CASE("iterations that are missing, doubled or another replica's are told", "[compiler][error]") {
  CHECK_THAT(verdict([](Program& p) {
               Code& code = first(p, TaskKind::Array).code;
               code.erase(find(code, Opcode::Mvm));
             }),
             Contains("before they are made") || Contains("0 times a pass"));
  CHECK_THAT(verdict([](Program& p) {
               Code& code = first(p, TaskKind::Array).code;
               code.insert(find(code, Opcode::Mvm), *find(code, Opcode::Mvm));
             }),
             Contains("2 times a pass"));
  CHECK_THAT(
      verdict([](Program& p) { find(first(p, TaskKind::Vector).code, Opcode::Vec)->iteration = 100000; }),
      Contains("is not one of its own"));
}

TEST_CASE("a channel is used by its own two tasks only", "[compiler][error]") {
  CHECK_THAT(
      verdict([](Program& p) { find(first(p, TaskKind::Array).code, Opcode::Recv)->channel = 100000; }),
      Contains("channel 100000, which does not exist"));
  CHECK_THAT(verdict([](Program& p) {
               const auto foreign = std::find_if(p.channels.begin(), p.channels.end(), [&](const Channel& c) {
                 return p.tasks[static_cast<std::size_t>(c.to)].kind == TaskKind::HostOut;
               });
               find(first(p, TaskKind::Array).code, Opcode::Recv)->channel =
                   static_cast<int>(foreign - p.channels.begin());
             }),
             Contains("belongs to host_out"));
}

TEST_CASE("tasks that wait for each other's rows are a circle, with every capacity", "[compiler][error]") {
  const Program rows = two_tasks(100, {take(1), take(1), put(0), put(0), back(1, 2)},
                                 {take(0), take(0), put(1), put(1), back(0, 2)});
  REQUIRE_FALSE(find_misuse(rows));
  CHECK(find_stall(rows)->text ==
        "a circle of waiting: host_in waits in pass 0 for a row of channel 1 (b) on host_out, host_out waits "
        "in "
        "pass 0 for a row of channel 0 (a) on host_in");
}

TEST_CASE("whether tasks that send before they receive stop depends on the capacity", "[compiler][error]") {
  // Each sends two rows and only then takes those of the other: two places are enough, one is not.
  const Code in{put(0), put(0), take(1), take(1), back(1, 2)},
      out{put(1), put(1), take(0), take(0), back(0, 2)};
  CHECK_FALSE(find_stall(two_tasks(2, in, out)));
  const std::optional<Stall> stall = find_stall(two_tasks(1, in, out));
  REQUIRE(stall);
  CHECK(stall->full_channels == std::vector<int>{0, 1});
  CHECK_THAT(stall->text, Contains("host_in waits in pass 0 for a place in channel 0 (a) on host_out") &&
                              Contains("host_out waits in pass 0 for a place in channel 1 (b) on host_in"));
}

TEST_CASE("waiting without a circle is told to its end", "[compiler][error]") {
  const Program p = good_program();
  const auto last = static_cast<int>(p.tasks.size()) - 1;
  const auto into =
      std::find_if(p.channels.begin(), p.channels.end(), [&](const Channel& c) { return c.to == last; });
  const auto channel = static_cast<int>(into - p.channels.begin());
  const Waiting waiting[] = {{.task = last, .op = Opcode::Recv, .channel = channel, .pass = 4}};
  CHECK_THAT(describe_waiting(p, waiting), Contains("host_out waits in pass 4 for a row of channel") &&
                                               Contains("vector task of fc (replica 0) on tile") &&
                                               Contains("which does not wait"));
  CHECK(describe_waiting(p, {}).empty());
}
namespace {

/// Two convolutions on tiles of eight arrays: the second one's blocks read the same word lines in pairs.
Program sharing_program() {
  ChipSpec chip = small_chip();
  chip.tile = {.dpes = 2, .arrays_per_dpe = 4};
  const Graph graph = GraphBuilder()
                          .add("first", OpKind::Conv2d, {.out_channels = 16})
                          .add("second", OpKind::Conv2d, {.out_channels = 128})
                          .build({4, 8, 6});
  return compile(random_network(graph, "pair"), chip, {.replicate = false}).program;
}

/// The shared channel of most rows.
std::size_t shared_channel(const Program& p) {
  std::size_t best = 0;
  const auto rows = [&](std::size_t c) { return p.channels[c].also.empty() ? 0 : p.channels[c].rows; };
  for (std::size_t c = 0; c < p.channels.size(); ++c)
    if (rows(c) > rows(best)) best = c;
  REQUIRE(rows(best) > 2);
  return best;
}

}  // namespace

TEST_CASE("a run that goes on with longer channels ends as one that has them from the start", "[compiler]") {
  const Program good = good_program();
  Program restarted = good;
  for (Channel& c : restarted.channels) c.capacity = 1;
  Program resumed = restarted;
  int restarts = 0;
  for (std::optional<Stall> stall; (stall = find_stall(restarted)); ++restarts)
    for (const int c : stall->full_channels) ++restarted.channels[static_cast<std::size_t>(c)].capacity;
  const auto lengthen = [&](const std::vector<int>& full) {
    for (const int c : full) ++resumed.channels[static_cast<std::size_t>(c)].capacity;
    return !full.empty();
  };
  CHECK_FALSE(find_stall(resumed, 3, lengthen));
  CHECK(restarts > 5);
  CHECK(resumed == restarted);
}

TEST_CASE("arrays of one tile that read the same rows share a channel", "[compiler]") {
  const Program p = sharing_program();
  CHECK_FALSE(find_stall(p));
  const Channel& shared = p.channels[shared_channel(p)];
  for (std::size_t r = 0; r < shared.readers(); ++r) {
    const Task& task = p.tasks[static_cast<std::size_t>(shared.reader(r))];
    CHECK(task.kind == TaskKind::Array);
    CHECK(task.tile == p.tasks[static_cast<std::size_t>(shared.to)].tile);
  }
  CHECK(program_from_text(to_text(p)) == p);
}

TEST_CASE("readers of shared rows that differ are told", "[compiler][error]") {
  const auto broken = [](const std::function<void(Program&, Channel&, Task&)>& break_it) {
    Program p = sharing_program();
    Channel& shared = p.channels[shared_channel(p)];
    break_it(p, shared, p.tasks[static_cast<std::size_t>(shared.also.front())]);
    const std::optional<Stall> stall = find_stall(p);
    return stall ? stall->text : "";
  };
  CHECK_THAT(broken([](Program&, Channel&, Task& reader) { ++reader.tile; }), Contains("of several tiles"));
  CHECK_THAT(broken([](Program& p, Channel& shared, Task& reader) {
               // Two places a row later instead of one and one.
               const auto is_sync = [&](const Instruction& i) {
                 return i.op == Opcode::Sync && &p.channels[static_cast<std::size_t>(i.channel)] == &shared;
               };
               const auto first = std::find_if(reader.code.begin(), reader.code.end(), is_sync);
               const int count = first->count;
               reader.code.erase(first);
               std::find_if(reader.code.begin(), reader.code.end(), is_sync)->count += count;
             }),
             Contains("in other steps"));
  CHECK_THAT(broken([](Program&, Channel&, Task& reader) { find(reader.code, Opcode::Recv)->reader = 99; }),
             Contains("has no reader 99"));
  CHECK_THAT(broken([](Program&, Channel& shared, Task&) { shared.capacity = 0; }),
             Contains("for a place in"));
}
