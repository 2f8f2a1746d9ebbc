// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>

namespace mimosa {

/// MVMs of arrays that one fit or read-out takes, their energy, unless it depends on data, and cycles; in no
/// energy or cycles per pass.
struct CalibrationStep {
  std::int64_t mvms = 0;
  std::optional<double> energy_j = {};
  std::int64_t cycles = 0;  ///< arrays at once; of passes, at the pace of the busiest task
};

/// Of one chip; absent steps do not take place.
struct CalibrationResult {
  std::optional<CalibrationStep> drift_readout, affine, adabs;
};

/// Of chip sample 0. Cells of a word line are programmed at once, word lines in turn, arrays at once, so that
/// a word line takes as long as its slowest cell.
struct ProgrammingResult {
  std::int64_t devices = 0, pulses = 0;
  double mean_pulses = 0.0, time_s = 0.0, energy_j = 0.0;
};

}  // namespace mimosa
