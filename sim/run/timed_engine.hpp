// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "hw/program/datapath.hpp"
#include "sim/run/result.hpp"

namespace mimosa {

struct TimedOptions {
  int passes = 64;  ///< at most
  bool stop_when_steady = true;
  std::string vcd_glob, vcd_path;      ///< empty: no waveform
  const Datapath* datapath = nullptr;  ///< null: timing only
  std::span<const float> inputs;       ///< [pass][input][y][x][channel], with a datapath
  std::function<void(const PassState&)> inspect;
};

struct TimedRun {
  TimingResult timing;
  Counts counts;               ///< of all passes
  std::vector<float> outputs;  ///< [pass][input][class], with a datapath
};

/// Runs the program on a SystemC chip of its own kernel.
[[nodiscard]] TimedRun run_timed(const Program& program, const ChipSpec& chip, const TimedOptions& options);

}  // namespace mimosa
