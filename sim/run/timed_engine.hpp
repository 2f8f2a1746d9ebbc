// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "hw/program/datapath.hpp"
#include "sim/run/result.hpp"
#include "traces/options.hpp"

namespace mimosa {

/// When and how much one task worked.
struct TaskActivity {
  int tile = 0, stage = 0;
  std::int64_t first_begin = 0, first_end = 0;  ///< cycles of its work for the first pass
  double busy = 0.0;                            ///< share of the whole run
};

struct TimedOptions {
  int passes = 64;  ///< at most
  bool stop_when_steady = true;
  const Datapath* datapath = nullptr;  ///< null: timing only
  std::span<const float> inputs;       ///< [pass][input][y][x][channel], with a datapath
  int last_filled = 0;  ///< inputs of a last pass that is not full: other slots of a grid are masked; 0: full
  std::function<void(const PassState&)> inspect;
  TraceOptions trace = {};  ///< what to write down
  /// Called now and then with the share of passes done (0 … 1); the run ends with what it throws.
  std::function<void(double)> progress = {};
};

struct TimedRun {
  TimingResult timing;
  std::vector<TaskActivity> activity;  ///< of every task on the chip
  Counts counts;                       ///< of all passes
  std::vector<float> outputs;          ///< [pass][input][class], with a datapath
};

/// Runs the program on a SystemC chip of its own kernel.
[[nodiscard]] TimedRun run_timed(const Program& program, const ChipSpec& chip, const TimedOptions& options);

}  // namespace mimosa
