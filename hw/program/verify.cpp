// SPDX-License-Identifier: Apache-2.0
#include "hw/program/verify.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "hw/program/waiting.hpp"

namespace mimosa {
namespace {

struct ChannelState {
  long long sent = 0;
  std::vector<long long> received, released;  ///< per reader
  /// The reader that has given back least.
  [[nodiscard]] std::size_t holder() const {
    return static_cast<std::size_t>(std::min_element(released.begin(), released.end()) - released.begin());
  }
  [[nodiscard]] bool is_full(int capacity) const { return sent - released[holder()] >= capacity; }
};

class AbstractRun {
 public:
  AbstractRun(const Program& program, int passes)
      : program_(program),
        passes_(passes),
        channels_(program.channels.size()),
        at_(program.tasks.size()),
        pass_(program.tasks.size()) {
    for (std::size_t c = 0; c < channels_.size(); ++c) {
      channels_[c].received.assign(program.channels[c].readers(), 0);
      channels_[c].released.assign(program.channels[c].readers(), 0);
    }
  }

  /// Until all tasks are done, or stand still and `relieve` lengthens no channel.
  std::optional<Stall> run(const Relief& relieve) {
    for (std::size_t t = 0; t < program_.tasks.size(); ++t) able_.push_back(static_cast<int>(t));
    for (;;) {
      go_on();
      if (all_done()) return std::nullopt;
      // What was run holds for longer channels too: the run goes on from here.
      const std::vector<int> full = full_channels();
      if (!relieve || !relieve(full)) return Stall{full, waiting_text()};
      for (const int c : full) able_.push_back(program_.channels[static_cast<std::size_t>(c)].from);
    }
  }

 private:
  [[nodiscard]] bool done(std::size_t t) const {
    return pass_[t] == passes_ || program_.tasks[t].code.empty();
  }

  void go_on() {
    while (!able_.empty()) {
      const int task = able_.back();
      able_.pop_back();
      advance(task);
    }
  }

  [[nodiscard]] bool all_done() const {
    for (std::size_t t = 0; t < program_.tasks.size(); ++t)
      if (!done(t)) return false;
    return true;
  }

  /// As far as the task can go; whoever it frees on its way is able then.
  void advance(int task) {
    const auto t = static_cast<std::size_t>(task);
    while (!done(t) && step(program_.tasks[t].code[at_[t]]))
      if (++at_[t] == program_.tasks[t].code.size()) {
        at_[t] = 0;
        ++pass_[t];
      }
  }

  bool step(const Instruction& i) {
    if (i.channel < 0) return true;
    const Channel& channel = program_.channels[static_cast<std::size_t>(i.channel)];
    ChannelState& state = channels_[static_cast<std::size_t>(i.channel)];
    const auto reader = static_cast<std::size_t>(i.reader);
    switch (i.op) {
      case Opcode::Send:
        if (state.is_full(channel.capacity)) return false;
        for (std::size_t r = 0; r < state.received.size(); ++r)
          if (state.received[r] == state.sent) able_.push_back(channel.reader(r));
        ++state.sent;
        return true;
      case Opcode::Recv:
        if (state.received[reader] == state.sent) return false;
        ++state.received[reader];
        return true;
      case Opcode::Sync: {
        const bool was_full = state.is_full(channel.capacity);
        state.released[reader] += i.count;
        if (was_full && !state.is_full(channel.capacity)) able_.push_back(channel.from);
        return true;
      }
      default:
        return true;
    }
  }

  [[nodiscard]] const Instruction& next(std::size_t t) const { return program_.tasks[t].code[at_[t]]; }

  /// Channels that a task waits to send into.
  [[nodiscard]] std::vector<int> full_channels() const {
    std::vector<int> full;
    for (std::size_t t = 0; t < program_.tasks.size(); ++t)
      if (!done(t) && next(t).op == Opcode::Send) full.push_back(next(t).channel);
    return full;
  }

  [[nodiscard]] std::string waiting_text() const {
    std::vector<Waiting> waiting;
    for (std::size_t t = 0; t < program_.tasks.size(); ++t) {
      if (done(t)) continue;
      const Instruction& i = next(t);
      waiting.push_back(
          {.task = static_cast<int>(t),
           .op = i.op,
           .channel = i.channel,
           .pass = pass_[t],
           .holder = static_cast<int>(channels_[static_cast<std::size_t>(i.channel)].holder())});
    }
    return describe_waiting(program_, waiting);
  }

  const Program& program_;
  int passes_;
  std::vector<ChannelState> channels_;
  std::vector<std::size_t> at_;
  std::vector<int> pass_;
  std::vector<int> able_;  ///< tasks that may go on
};

}  // namespace

std::optional<Stall> find_stall(const Program& program, int passes, const Relief& relieve) {
  if (std::optional<Stall> misuse = find_misuse(program)) return misuse;
  return AbstractRun(program, passes).run(relieve);
}

std::vector<long long> buffer_bytes(const Program& program, int tiles) {
  std::vector<long long> bytes(static_cast<std::size_t>(tiles), 0);
  for (const Channel& c : program.channels) {
    const Task& to = program.tasks[static_cast<std::size_t>(c.to)];
    if (to.kind == TaskKind::HostOut) continue;  // the host's memory
    bytes[static_cast<std::size_t>(to.tile)] += static_cast<long long>(c.capacity) * c.row_bytes;
  }
  return bytes;
}

}  // namespace mimosa
