// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "hw/program/geometry.hpp"
#include "hw/program/verify.hpp"
#include "hw/program/waiting.hpp"

namespace mimosa {
namespace {

/// Reads every task's code once, in order.
class Reading {
 public:
  explicit Reading(const Program& program) : program_(program), used_(program.channels.size()) {
    for (std::size_t c = 0; c < used_.size(); ++c) used_[c].by.resize(program.channels[c].readers());
  }

  std::string fault() {
    for (std::size_t t = 0; t < program_.tasks.size(); ++t) {
      task_ = static_cast<int>(t);
      done_.assign(iterations(program_.tasks[t]), 0);
      ran_ = 0;
      for (const Instruction& i : program_.tasks[t].code)
        if (std::string text = fault_of(i); !text.empty()) return text;
      for (std::size_t i = 0; i < done_.size(); ++i)
        if (is_mine(static_cast<int>(i)) && done_[i] != 1)
          return task_name(program_, task_) + " runs iteration " + std::to_string(i) + " " +
                 std::to_string(done_[i]) + " times a pass";
    }
    for (std::size_t c = 0; c < used_.size(); ++c)
      if (std::string text = fault_of(c); !text.empty()) return text;
    return {};
  }

 private:
  /// `syncs` tells one sequence of given-back counts from another.
  struct Reader {
    int received = 0, released = 0;
    std::uint64_t syncs = 0;
  };
  struct Use {
    int sent = 0;
    std::vector<Reader> by;
  };

  std::string fault_of(std::size_t c) const {
    const Channel& channel = program_.channels[c];
    const Use& u = used_[c];
    const std::string name = "channel " + std::to_string(c);
    for (std::size_t r = 0; r < u.by.size(); ++r) {
      const Reader& reader = u.by[r];
      if (u.sent != channel.rows || reader.received != channel.rows || reader.released != channel.rows)
        return name + " has " + std::to_string(channel.rows) + " rows a pass, of which " +
               std::to_string(u.sent) + " are sent, " + std::to_string(reader.received) + " received and " +
               std::to_string(reader.released) + " given back";
      if (reader.syncs != u.by.front().syncs)
        return name + " is shared by tasks that give its places back in other steps";
      if (tile_of(channel.reader(r)) != tile_of(channel.to))
        return name + " is shared by tasks of several tiles";
    }
    return {};
  }

  int tile_of(int task) const { return program_.tasks[static_cast<std::size_t>(task)].tile; }

  std::size_t iterations(const Task& task) const {
    return on_chip(task.kind)
               ? static_cast<std::size_t>(program_.stages[static_cast<std::size_t>(task.stage)].iterations)
               : 0;
  }
  bool is_mine(int iteration) const {
    const Task& task = program_.tasks[static_cast<std::size_t>(task_)];
    const auto stage = static_cast<std::size_t>(task.stage);
    return replica_of(program_.stages[stage], iteration, program_.replicas[stage]) == task.replica;
  }

  std::string fault_of(const Instruction& i) {
    const auto who = [&] { return task_name(program_, task_) + ": " + to_string(i.op); };
    if (i.op == Opcode::Mvm || i.op == Opcode::Vec) {
      if (i.iteration < 0 || static_cast<std::size_t>(i.iteration) >= done_.size() || !is_mine(i.iteration))
        return who() + " iteration " + std::to_string(i.iteration) + " is not one of its own";
      ++done_[static_cast<std::size_t>(i.iteration)];
      ++ran_;
      return i.op == Opcode::Vec ? missing_partial_sums(i) : std::string();
    }
    if (i.op == Opcode::Load || i.op == Opcode::Store) return {};
    if (i.channel < 0 || static_cast<std::size_t>(i.channel) >= used_.size())
      return who() + " names channel " + std::to_string(i.channel) + ", which does not exist";
    const Channel& channel = program_.channels[static_cast<std::size_t>(i.channel)];
    if (i.reader < 0 || static_cast<std::size_t>(i.reader) >= channel.readers())
      return who() + " channel " + std::to_string(i.channel) + " has no reader " + std::to_string(i.reader);
    Use& uses = used_[static_cast<std::size_t>(i.channel)];
    Reader& use = uses.by[static_cast<std::size_t>(i.reader)];
    const int owner =
        i.op == Opcode::Send ? channel.from : channel.reader(static_cast<std::size_t>(i.reader));
    if (owner != task_)
      return who() + " channel " + std::to_string(i.channel) + " belongs to " + task_name(program_, owner);
    if (i.op == Opcode::Send) ++uses.sent;
    if (i.op == Opcode::Recv) ++use.received;
    if (i.op == Opcode::Sync) {
      use.released += i.count;
      use.syncs = use.syncs * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(i.count);
    }
    if (use.released > use.received)
      return who() + " channel " + std::to_string(i.channel) + " gives back " + std::to_string(use.released) +
             " places of " + std::to_string(use.received) + " rows taken";
    if (!channel.node.empty()) return {};
    if (uses.sent > 0 && uses.sent > ran_ && channel.from == task_)
      return who() + " channel " + std::to_string(i.channel) + " sends partial sums before they are made";
    if (i.op == Opcode::Sync && use.released > ran_)
      return who() + " channel " + std::to_string(i.channel) +
             " gives back partial sums before they are added";
    return {};
  }

  /// The k-th addition needs k rows of every channel of partial sums into the task.
  std::string missing_partial_sums(const Instruction& vec) {
    if (into_.empty()) {
      into_.resize(program_.tasks.size());
      for (std::size_t c = 0; c < program_.channels.size(); ++c)
        if (program_.channels[c].node.empty())
          into_[static_cast<std::size_t>(program_.channels[c].to)].push_back(c);
    }
    for (const std::size_t c : into_[static_cast<std::size_t>(task_)])
      if (used_[c].by.front().received < ran_)
        return task_name(program_, task_) + ": " + to_string(vec.op) + " adds partial sums of channel " +
               std::to_string(c) + " before they are received";
    return {};
  }

  const Program& program_;
  std::vector<Use> used_;
  std::vector<std::vector<std::size_t>> into_;  ///< channels of partial sums by reader
  std::vector<int> done_;
  int task_ = 0, ran_ = 0;
};

}  // namespace

std::optional<Stall> find_misuse(const Program& program) {
  std::string text = Reading(program).fault();
  if (text.empty()) return std::nullopt;
  return Stall{.full_channels = {}, .text = std::move(text)};
}

}  // namespace mimosa
