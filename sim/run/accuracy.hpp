// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "hw/program/datapath.hpp"
#include "models/nn/graph.hpp"
#include "sim/config/experiment.hpp"
#include "sim/run/corrections.hpp"
#include "sim/run/result.hpp"
#include "sim/run/stages.hpp"

namespace mimosa {

/// What accuracy is measured on.
struct AccuracyTask {
  const NetworkStage& network;
  const ProgramStage& program;
  const Experiment& experiment;
  const Stages& stages;
  const Corrections& corrections;
  bool keep_logits = false;
  bool timed = false;  ///< outputs from the SystemC chip instead of the functional engine
  std::function<void(const char* what, double share)> progress;
};

struct AccuracyRun {
  AccuracyResult accuracy;
  std::vector<std::vector<float>> logits;        ///< [chip][input · class]; where they are kept
  double clamped_read_gap = 0.0;                 ///< largest over layers of the first chip sample
  std::optional<ProgrammingResult> programming;  ///< of the first chip sample
  WireGapResult wires;
  SaturationResult saturation;         ///< of the first chip sample
  std::vector<ConverterRange> ranges;  ///< per stage, as calibrated
  std::vector<Counts> counts;          ///< of all passes on each chip sample
  std::int64_t passes = 0;
};

/// Calibrates on held-out images, then classifies the first test images: float reference, ideal arrays, every
/// chip sample, corrected as `calibration` says. UserError when the data set has fewer images than asked for.
[[nodiscard]] AccuracyRun measure_accuracy(const AccuracyTask& task);

}  // namespace mimosa
