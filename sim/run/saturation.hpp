// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <mutex>
#include <vector>

#include "hw/program/datapath.hpp"
#include "sim/run/result.hpp"

namespace mimosa {

/// Counts numbers of the vector unit at the ends of int16: all results that it rounds, and the sums of codes
/// from which it makes those of arrays, when they are complete. A sum that was cut off on the way and came
/// back is not seen. Does nothing in other formats, which have an exponent.
class SaturationMeter {
 public:
  /// `datapath` outlives it.
  SaturationMeter(const Datapath& datapath, const ChipSpec& chip);

  /// Counts finished passes, those with masked slots left out; from any thread.
  void add(const PassState& state);
  [[nodiscard]] const SaturationResult& result() const { return result_; }

 private:
  [[nodiscard]] AtEnds sums_of(const PassState& state, int stage) const;
  [[nodiscard]] AtEnds values_of(const PassState& state, int node) const;

  struct Counted {
    int stage, node;
  };
  const Datapath& datapath_;
  ChipSpec chip_;
  std::vector<Counted> counted_;  ///< per layer of the result
  std::mutex mutex_;
  SaturationResult result_;
};

/// Rows of the validity table: of every layer with arrays, of others where something was cut off.
[[nodiscard]] std::vector<ValidityRow> saturation_validity(const SaturationResult& saturation);

}  // namespace mimosa
