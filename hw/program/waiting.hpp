// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>

#include "hw/program/program.hpp"

namespace mimosa {

/// A task that cannot go on: at a recv it needs a row from the sender of `channel`, at a send a place that
/// reader `holder` of the channel has not given back.
struct Waiting {
  int task = 0;
  Opcode op = Opcode::Recv;
  int channel = 0;
  int pass = 0;
  int holder = 0;  ///< send only
};

/// "array task of conv1 (replica 0, block 3) on tile 5", for messages.
[[nodiscard]] std::string task_name(const Program& program, int task);

/// Who waits for what on whom: the circle that stopped a program, or where there is none the longest way from
/// a waiting task to one that does not wait. Empty when nobody waits.
[[nodiscard]] std::string describe_waiting(const Program& program, std::span<const Waiting> waiting);

}  // namespace mimosa
