// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// Why a program stops: tasks that wait for each other.
struct Stall {
  std::vector<int> full_channels;  ///< channels a task waits to send into
  std::string text;                ///< which task waits for what
};

/// Runs the program without time. Tasks are sequential and talk only through channels, so whether it stops
/// does not depend on timing (Kahn): one abstract run decides. Also checks that code and channels fit: every
/// row sent is received and every place is given back.
[[nodiscard]] std::optional<Stall> find_stall(const Program& program, int passes = 3);

/// Bytes of buffer that the channels into each tile need.
[[nodiscard]] std::vector<long long> buffer_bytes(const Program& program, int tiles);

}  // namespace mimosa
