// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "hw/program/program.hpp"

namespace mimosa {

/// What works for a task while its instruction lasts.
enum class Unit { HostLink, Array, Vector };

/// Hears what a task does, in cycles from the start. Tasks without one do nothing more.
class TaskObserver {
 public:
  virtual ~TaskObserver() = default;
  /// The task turns to an instruction of its code, and is through with it.
  virtual void begins(const Instruction& instruction, int pass, std::int64_t now) = 0;
  virtual void ends(const Instruction& instruction, int pass, std::int64_t now) = 0;
  /// A unit works for the instruction; `from` lies ahead where the unit is busy with another task.
  virtual void works(Unit unit, std::int64_t from, std::int64_t cycles) = 0;
};

/// Hears how full a channel is.
class ChannelObserver {
 public:
  virtual ~ChannelObserver() = default;
  /// Rows that have arrived (+1) or were taken (−1) at the receiver.
  virtual void queued(int rows, std::int64_t now) = 0;
  /// Places the sender filled (−1) or gets back; `at` may lie ahead, by the way back.
  virtual void freed(int places, std::int64_t at) = 0;
};

}  // namespace mimosa
