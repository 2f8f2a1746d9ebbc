// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/run/diagnosis_result.hpp"

namespace mimosa {

/// Gathers signal and noise of one slot of a layer: its exact output against outputs with causes.
class SlotMeter {
 public:
  SlotMeter(std::size_t channels, std::size_t causes);
  /// `exact`: [position][channel].
  void add_signal(std::span<const float> exact);
  void add_noise(std::size_t cause, std::span<const float> exact, std::span<const float> noisy);
  [[nodiscard]] SlotNoise result(int slot, std::span<const std::string> causes) const;

 private:
  std::vector<double> sums_, squares_;  ///< per channel
  std::int64_t positions_ = 0;
  std::vector<double> errors_;  ///< per cause: sum of squares
};

}  // namespace mimosa
