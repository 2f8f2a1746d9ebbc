// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/verify.hpp"

#include <cstddef>

namespace mimosa {
namespace {

struct ChannelState {
  long long sent = 0, received = 0, released = 0;
};

class AbstractRun {
 public:
  AbstractRun(const Program& program, int passes)
      : program_(program),
        passes_(passes),
        channels_(program.channels.size()),
        at_(program.tasks.size()),
        pass_(program.tasks.size()) {}

  std::optional<Stall> run() {
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t t = 0; t < program_.tasks.size(); ++t) moved = advance(t) || moved;
    }
    return stall();
  }

 private:
  bool done(std::size_t t) const { return pass_[t] == passes_ || program_.tasks[t].code.empty(); }

  bool advance(std::size_t t) {
    bool moved = false;
    while (!done(t) && step(program_.tasks[t].code[at_[t]])) {
      moved = true;
      if (++at_[t] == program_.tasks[t].code.size()) {
        at_[t] = 0;
        ++pass_[t];
      }
    }
    return moved;
  }

  bool step(const Instruction& i) {
    if (i.channel < 0) return true;
    const auto c = static_cast<std::size_t>(i.channel);
    ChannelState& state = channels_[c];
    switch (i.op) {
      case Opcode::Send:
        if (state.sent - state.released >= program_.channels[c].capacity) return false;
        ++state.sent;
        return true;
      case Opcode::Recv:
        if (state.received == state.sent) return false;
        ++state.received;
        return true;
      case Opcode::Sync:
        state.released += i.count;
        return state.released <= state.received;
      default:
        return true;
    }
  }

  static std::string describe(const Task& task) {
    std::string text = to_string(task.kind);
    if (task.stage >= 0) text += " task of stage " + std::to_string(task.stage);
    if (task.block >= 0) text += " block " + std::to_string(task.block);
    return text;
  }

  std::optional<Stall> stall() const {
    Stall found;
    for (std::size_t t = 0; t < program_.tasks.size(); ++t) {
      if (done(t)) continue;
      const Instruction& i = program_.tasks[t].code[at_[t]];
      if (i.op == Opcode::Send) found.full_channels.push_back(i.channel);
      found.text += describe(program_.tasks[t]) + " waits at " + to_string(i.op) + " channel " +
                    std::to_string(i.channel) + "; ";
    }
    for (std::size_t c = 0; c < channels_.size(); ++c)
      if (found.text.empty() &&
          (channels_[c].sent != channels_[c].received || channels_[c].received != channels_[c].released))
        found.text = "channel " + std::to_string(c) + " is left with rows at the end of a pass";
    if (found.text.empty()) return std::nullopt;
    return found;
  }

  const Program& program_;
  int passes_;
  std::vector<ChannelState> channels_;
  std::vector<std::size_t> at_;
  std::vector<int> pass_;
};

}  // namespace

std::optional<Stall> find_stall(const Program& program, int passes) {
  return AbstractRun(program, passes).run();
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
