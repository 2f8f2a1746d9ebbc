// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mimosa {

/// Mean square error that one cause makes at a layer's output. SNR: 10 log10(signal / noise) in dB; absent
/// where there is no noise or no signal.
struct CauseNoise {
  std::string cause;
  double noise_power = 0.0;
  std::optional<double> snr_db;
};

/// One slot of a layer's output. Powers are in squares of its values (batch norm folded in), means over
/// images, positions and channels.
struct SlotNoise {
  int slot = 0;
  double signal_power = 0.0;  ///< of the exact layer, variance about each channel's mean
  std::vector<CauseNoise> causes;
};

/// How a layer uses the codes of its converters. Quantiles: least, quarter, half, three quarters, greatest
/// code, over the largest one.
struct CodeUse {
  std::int64_t values = 0;
  double clip_rate = 0.0;    ///< share of values beyond the range
  double limit_share = 0.0;  ///< share of values with an outermost code
  std::int64_t codes_used = 0, codes_available = 0;
  double entropy_bits = 0.0;
  std::array<double, 5> quantiles = {};
};

struct LayerDiagnosis {
  std::string layer;
  bool superposed = false;  ///< between bundling and unbinding
  CodeUse dac, adc;
  std::vector<SlotNoise> slots;
};

/// What a change of one input of the pass, not the slot's own, changes at a slot's unbound output.
struct PartnerTerm {
  int input = 0;
  double float_power = 0.0, chip_power = 0.0;
};

/// The same of the error that one layer's causes make.
struct LayerErrorTerm {
  std::string layer;
  double error_power = 0.0;           ///< partners fixed
  std::vector<double> partner_power;  ///< per partner: the part of it that changes with this input
};

/// One slot at the unbound output; docs/diagnose.md defines the terms. Powers are means over passes and
/// features.
struct SlotCrosstalk {
  int slot = 0, input = 0;
  double signal_power = 0.0;
  double own_error_power = 0.0;
  std::vector<PartnerTerm> partners;
  std::vector<LayerErrorTerm> layers;
};

struct DiagnosisResult {
  std::int64_t inputs = 0, first_image = 0;  ///< of the 5,000 held-out images
  bool shared_with_calibration = false;
  std::vector<LayerDiagnosis> layers;
  std::vector<SlotCrosstalk> crosstalk;  ///< empty without an unbinding
};

}  // namespace mimosa
