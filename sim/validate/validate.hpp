// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "hw/spec/chip_spec.hpp"
#include "models/device/device_spec.hpp"
#include "sim/validate/check.hpp"

namespace mimosa {

/// Published figures recomputed from the chips of configs/chip by the cost code that runs use.
[[nodiscard]] Checks isaac_checks(const ChipSpec& isaac);
[[nodiscard]] Checks puma_checks(const ChipSpec& puma);
[[nodiscard]] Checks hermes_checks(const ChipSpec& one_phase, const ChipSpec& four_phase);
/// The error of an MVM of the core as its cells and converters predict it.
[[nodiscard]] Checks hermes_mvm_checks(const ChipSpec& hermes, const DeviceSpec& cells);
[[nodiscard]] Checks neurram_checks(const ChipSpec& neurram);
/// Regression of converters and scaling between nodes.
[[nodiscard]] Checks model_checks();
/// PCM over time on a network of ours: with drift compensation accuracy holds, without it collapses.
[[nodiscard]] Checks pcm_checks(const std::function<void(const std::string&, double)>& progress);

/// Energy of an MVM that fills an array of pairs without slices.
[[nodiscard]] double mvm_nj(const ChipSpec& chip);

/// RMS over columns of results − exact products, in per cent of full scale, the largest exact one: 256 × 256
/// weights and 200 vectors, normals cut at three sigma; ranges of the converters are the largest values.
[[nodiscard]] double mvm_error_percent(const ArraySpec& spec, const DeviceSpec& device);

/// Names that `validate` takes, in the order of the table.
[[nodiscard]] const std::vector<std::string>& validation_subjects();
/// The checks of some subjects; all where none is named.
[[nodiscard]] Checks validate(const std::vector<std::string>& subjects,
                              const std::function<void(const std::string&, double)>& progress);

}  // namespace mimosa
