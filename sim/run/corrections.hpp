// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "hw/program/datapath.hpp"
#include "models/data/dataset.hpp"
#include "sim/config/experiment.hpp"
#include "sim/engine/reference_passes.hpp"

namespace mimosa {

/// The corrections an experiment asks for, with the held-out images they are fitted on: the first ones, as
/// for converter ranges. Refers to network and program.
class Corrections {
 public:
  Corrections(const Network& network, const Program& program, const CalibrationOptions& options,
              const Dataset& held_out);
  /// On given images, [input][channel][y][x] normalised; no images: off.
  Corrections(const Network& network, const Program& program, std::span<const float> of_columns,
              std::span<const float> of_norms);

  /// Corrects one chip sample: columns first, then batch norms.
  void apply(Datapath& chip) const;
  void correct_columns(Datapath& chip) const;
  /// Of a chip whose stage s is *of_stage[s].
  void correct_norms(std::span<Datapath* const> of_stage) const;
  [[nodiscard]] bool corrects_norms() const { return !norms_.empty(); }

 private:
  std::optional<ReferencePasses> columns_;
  std::vector<float> norms_;  ///< passes; empty: off
};

/// A chip sample with the corrections fitted to it; none where `corrections` is null.
class CorrectedChip {
 public:
  CorrectedChip(Datapath chip, const Corrections* corrections);
  [[nodiscard]] const Datapath& datapath() const { return chip_; }

  /// Calls `use` while this and `elsewhere` are corrected as the chip of which stage `stage` is this one's
  /// and the others are the other's; −1: all this one's. Columns are a layer's own; norms depend on the
  /// layers before.
  void mix_into(CorrectedChip& elsewhere, int stage, const std::function<void()>& use);

 private:
  Datapath chip_;
  const Corrections* corrections_;
  Datapath::Constants before_norms_;
};

/// True where `calibration` asks for any.
[[nodiscard]] bool corrects(const CalibrationOptions& options);
/// The first held-out images that calibration looks at: for converter ranges and for corrections.
[[nodiscard]] int calibration_images(const CalibrationOptions& options);

}  // namespace mimosa
