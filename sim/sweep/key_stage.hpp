// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace mimosa {

/// From which stage on a run depends on a key (sim/run/stages.hpp): two points that differ in later keys only
/// share the stages before. It decides which points run one after the other, and no result.
enum class KeyStage {
  Program,  ///< network, chip, compiler, calibration
  Ranges,   ///< what the program does not depend on, or calibration does not
  Chip      ///< programming and later: device, seeds
};
[[nodiscard]] KeyStage stage_of(const std::string& key);

}  // namespace mimosa
