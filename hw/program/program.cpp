// SPDX-License-Identifier: Apache-2.0
#include "hw/program/program.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "hw/program/text.hpp"

namespace mimosa {
namespace {

constexpr std::array opcodes{"load", "recv", "mvm", "vec", "send", "sync", "store"};
constexpr std::array task_kinds{"host_in", "array", "sum", "vector", "host_out"};

template <class Enum, std::size_t Size>
Enum parse(const Record& record, std::string_view word, const std::array<const char*, Size>& names) {
  std::string all;
  for (std::size_t i = 0; i < Size; ++i) {
    if (word == names[i]) return static_cast<Enum>(i);
    all += std::string(i == 0 ? "" : ", ") + names[i];
  }
  refuse_record(record, all);
}

bool is_opcode(std::string_view word) {
  for (const char* name : opcodes)
    if (word == name) return true;
  return false;
}

void append_code(std::string& text, const Instruction& i) {
  Record record(to_string(i.op));
  if (i.channel >= 0) record.add("channel", i.channel);
  if (i.iteration >= 0) record.add("iteration", i.iteration);
  if (i.count != 1) record.add("count", i.count);
  if (i.reader != 0) record.add("reader", i.reader);
  text += "  " + record.line();
}

Instruction read_code(const Record& record) {
  Instruction i;
  i.op = parse<Opcode>(record, record.kind(), opcodes);
  const std::string line = record.line();
  if (line.find(" channel=") != std::string::npos) i.channel = record.number("channel");
  if (line.find(" iteration=") != std::string::npos) i.iteration = record.number("iteration");
  if (line.find(" count=") != std::string::npos) i.count = record.number("count");
  if (line.find(" reader=") != std::string::npos) i.reader = record.number("reader");
  return i;
}

}  // namespace

const char* to_string(Opcode op) {
  return opcodes[static_cast<std::size_t>(op)];
}

const char* to_string(TaskKind kind) {
  return task_kinds[static_cast<std::size_t>(kind)];
}

RecurrenceStep step_of(const Recurrence& r, int iteration) {
  if (iteration < 2 * r.mutual) return {.absorbs = iteration < r.mutual, .position = iteration % r.mutual};
  return {.absorbs = iteration % 2 == 0, .position = iteration / 2};
}

int first_that_makes_rows(const Recurrence& r) {
  if (r.positions == 0) return 0;
  return std::max(r.mutual, 1);
}

const VectorWork& home_work(const Program& program, int stage, int iteration) {
  const Recurrence& recurrence = program.stages[static_cast<std::size_t>(stage)].recurrence;
  if (recurrence.positions > 0 && step_of(recurrence, iteration).absorbs) return recurrence.absorb;
  return program.work[static_cast<std::size_t>(stage)];
}

const VectorWork& vector_work(const Program& program, const Task& task, int iteration) {
  if (task.kind != TaskKind::Sum) return home_work(program, task.stage, iteration);
  const Stage& stage = program.stages[static_cast<std::size_t>(task.stage)];
  return stage.sums[static_cast<std::size_t>(task.block) - stage.blocks.size()].work;
}

std::string to_text(const Program& p) {
  std::string text = Record("program")
                         .add("network", p.network)
                         .add("slots", p.slots)
                         .add("inputs_per_pass", p.inputs_per_pass)
                         .line();
  for (std::size_t s = 0; s < p.stages.size(); ++s) {
    append_stage(text, p.stages[s]);
    Record work("work");
    work.add("replicas", p.replicas[s]);
    text += add_work(work, p.work[s]).line();
  }
  for (const Channel& c : p.channels) append_channel(text, c);
  for (const Task& t : p.tasks) {
    text += Record("task")
                .add("kind", to_string(t.kind))
                .add("tile", t.tile)
                .add("stage", t.stage)
                .add("replica", t.replica)
                .add("block", t.block)
                .line();
    for (const Instruction& i : t.code) append_code(text, i);
  }
  return text;
}

Program program_from_text(const std::string& text) {
  Program p;
  for (const Record& r : parse_records(text)) {
    if (r.kind() == "program") {
      p.network = r.text("network");
      p.slots = r.number("slots");
      p.inputs_per_pass = r.number("inputs_per_pass");
    } else if (r.kind() == "work") {
      p.replicas.push_back(r.number("replicas"));
      p.work.push_back(read_work(r));
    } else if (r.kind() == "channel") {
      p.channels.push_back(read_channel(r));
    } else if (r.kind() == "task") {
      p.tasks.push_back({.kind = parse<TaskKind>(r, r.text("kind"), task_kinds),
                         .tile = r.number("tile"),
                         .stage = r.number("stage"),
                         .replica = r.number("replica"),
                         .block = r.number("block"),
                         .code = {}});
    } else if (is_opcode(r.kind()) && !p.tasks.empty()) {
      p.tasks.back().code.push_back(read_code(r));
    } else if (!take_stage_record(r, p.stages)) {
      refuse_record(r, "program, stage, block, sum, work, channel, task or an instruction of a task");
    }
  }
  return p;
}

}  // namespace mimosa
