// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "hw/program/program.hpp"

namespace mimosa {

/// What a task is there for, e.g. "conv1, block 0"; what a channel carries, e.g. "act to conv2".
[[nodiscard]] std::string purpose(const Program& program, const Task& task);
[[nodiscard]] std::string purpose(const Program& program, const Channel& channel);

}  // namespace mimosa
