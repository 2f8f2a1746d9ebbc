// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// Why a program cannot run.
struct Stall {
  std::vector<int> full_channels;  ///< channels a task waits to send into
  std::string text;                ///< which task waits for what on whom, or what is wrong
};

/// What is wrong with code and channels as they stand, without running them: every channel is used by its two
/// tasks only and carries its rows once a pass, every iteration of a replica runs once in each of its tasks,
/// and partial sums are received before they are added, made before they are sent, and used before their
/// place is given back.
[[nodiscard]] std::optional<Stall> find_misuse(const Program& program);

/// Asked when a program stands still: whether it lengthened some of these channels.
using Relief = std::function<bool(const std::vector<int>& full_channels)>;

/// What `find_misuse` finds; else runs the program without time. Tasks are sequential and talk only through
/// channels, so whether it stops does not depend on timing (Kahn): one abstract run decides. No buffer
/// overflows because a task that sends waits for a place. Where it stands still and `relieve` lengthened
/// channels of the program, it goes on: a longer channel changes nothing of what was run.
[[nodiscard]] std::optional<Stall> find_stall(const Program& program, int passes = 3,
                                              const Relief& relieve = {});

/// Bytes of buffer that the channels into each tile need.
[[nodiscard]] std::vector<long long> buffer_bytes(const Program& program, int tiles);

}  // namespace mimosa
