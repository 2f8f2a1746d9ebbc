// SPDX-License-Identifier: Apache-2.0
// Programs from outside: what does not fit the chip is refused with its place, and nothing that is no
// UserError.
#include "hw/program/fits.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/compiler/compile.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_chip.hpp"

using namespace mimosa;
using Catch::Matchers::Contains;

namespace {

const Program& held() {
  static const Program program = compile(small_mimoconv(2, 2), small_chip(), {.sum_fan_in = 2}).program;
  return program;
}

std::string verdict(const std::function<void(Program&)>& change) {
  Program program = held();
  change(program);
  try {
    check_program(program, held(), small_chip());
  } catch (const UserError& e) {
    return e.what();
  }
  return "";
}

Task& first(Program& program, TaskKind kind) {
  return *std::find_if(program.tasks.begin(), program.tasks.end(),
                       [kind](const Task& t) { return t.kind == kind; });
}

}  // namespace

TEST_CASE("a program may be placed, buffered and ordered otherwise than the one of the arrays", "[program]") {
  CHECK(verdict([](Program&) {}).empty());
  CHECK(verdict([](Program& p) { first(p, TaskKind::Vector).tile = 63; }).empty());
  CHECK(verdict([](Program& p) { ++p.channels.front().capacity; }).empty());
  CHECK(verdict([](Program& p) { p.network = "another name"; }).empty());
}

TEST_CASE("a program of other weights or another chip is refused with what differs", "[program][error]") {
  CHECK_THAT(verdict([](Program& p) { p.stages.pop_back(); }),
             Contains("stages") && Contains("are in the arrays"));
  CHECK_THAT(verdict([](Program& p) { --p.stages[1].blocks[0].cols; }),
             Contains("is not what the arrays hold"));
  CHECK_THAT(verdict([](Program& p) { ++p.replicas[0]; }), Contains("are in the arrays"));
  CHECK_THAT(verdict([](Program& p) { ++p.work[0].cycles; }),
             Contains("cycles in a vector unit of another chip"));
  CHECK_THAT(verdict([](Program& p) { p.tasks[3].tile = 64; }),
             Contains("task 3 is on tile 64, the chip has 64"));
  CHECK_THAT(verdict([](Program& p) { p.tasks[3].tile = -1; }), Contains("on tile -1"));
  CHECK_THAT(verdict([](Program& p) {
               for (Task& task : p.tasks)
                 if (task.kind == TaskKind::Array) task.tile = 5;
             }),
             Contains("tile 5 is given") && Contains("more than it has"));
  CHECK_THAT(verdict([](Program& p) { p.channels[0].capacity = 100000; }),
             Contains("B of buffer") && Contains("B more than it has"));
  CHECK_THAT(verdict([](Program& p) { p.channels[0].capacity = 0; }), Contains("channel 0 has 0 places"));
}

TEST_CASE("a program that is not whole is refused", "[program][error]") {
  CHECK_THAT(verdict([](Program& p) { p.tasks.clear(); }), Contains("0 tasks"));
  CHECK_THAT(verdict([](Program& p) { p.tasks.pop_back(); }), Contains("tasks,") && Contains("are needed"));
  CHECK_THAT(verdict([](Program& p) { p.tasks.push_back(p.tasks[1]); }),
             Contains("does what another one does"));
  CHECK_THAT(verdict([](Program& p) { p.tasks[1].stage = 99; }),
             Contains("of stage 99, which does not exist"));
  CHECK_THAT(verdict([](Program& p) { p.tasks[1].replica = 99; }), Contains("is no part of stage"));
  CHECK_THAT(verdict([](Program& p) { p.tasks[1].block = 99; }), Contains("is no part of stage"));
  CHECK_THAT(verdict([](Program& p) { p.tasks[0].stage = 1; }), Contains("is the host's"));
  CHECK_THAT(verdict([](Program& p) { p.channels[0].to = -5; }), Contains("channel 0 names a task"));
  CHECK_THAT(verdict([](Program& p) { first(p, TaskKind::HostOut).code = {{.op = Opcode::Store}}; }),
             Contains("host_out waits for nothing"));
  CHECK_THAT(verdict([](Program& p) { first(p, TaskKind::Vector).code.push_back({.op = Opcode::Mvm}); }),
             Contains("cannot execute mvm"));
  CHECK_THAT(verdict([](Program& p) { first(p, TaskKind::HostIn).code.front().count = -1; }),
             Contains("load of -1"));
  CHECK_THAT(verdict([](Program& p) { first(p, TaskKind::Array).code.pop_back(); }),
             Contains("it cannot run: ") && Contains("are sent"));
}
