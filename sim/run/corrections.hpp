// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <vector>

#include "hw/program/datapath.hpp"
#include "sim/config/experiment.hpp"
#include "sim/engine/reference_passes.hpp"

namespace mimosa {

/// The corrections an experiment asks for, with the held-out images they are fitted on: the first ones, as
/// for converter ranges. Refers to network and program.
class Corrections {
 public:
  Corrections(const Network& network, const Program& program, const CalibrationOptions& options);

  /// Corrects one chip sample: columns first, then batch norms.
  void apply(Datapath& chip) const;

 private:
  std::optional<ReferencePasses> columns_;
  std::vector<float> norms_;  ///< passes; empty: off
};

/// True where `calibration` asks for any.
[[nodiscard]] bool corrects(const CalibrationOptions& options);

}  // namespace mimosa
