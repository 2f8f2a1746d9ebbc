// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "hw/spec/chip_spec.hpp"
#include "models/device/device_spec.hpp"
#include "sim/config/experiment_reader.hpp"
#include "sim/config/key_table.hpp"

namespace mimosa {

/// How one matrix of the user's is put on arrays, and the ranges of its converters.
struct MvmOptions {
  std::uint64_t seed = 1;
  bool split = false;             ///< over arrays of the chip's shape; else one array of the matrix's shape
  double dac_range = 0.0;         ///< ± this, in units of x; 0: the largest |x|
  double adc_range = 0.0;         ///< ± this, in units of Σ g·x; 0: what chip.adc.range says
  double adc_percentile = 100.0;  ///< of the column sums, where the range is calibrated
};

/// The one place that names the keys of an MvmOptions.
template <class Visitor>
void describe(Visitor& v, MvmOptions& o) {
  v.field("seed", o.seed, "1", "seed of every random number", 0, 9007199254740992);
  v.section("mvm", "one matrix put through arrays", [&](auto& m) {
    m.field("split", o.split, "1", "over arrays of chip.array, added digitally; else one of its own shape",
            false, true);
    m.field("dac_range", o.dac_range, "1", "half the DAC's range in units of x; 0: the largest |x|", 0.0,
            1e300);
    m.field("adc_range", o.adc_range, "1",
            "half the ADC's range in units of sums of g/g_max times x/dac_range; 0: the percentile", 0.0,
            1e9);
    m.field("adc_percentile", o.adc_percentile, "%",
            "of the given vectors' column sums on exact cells, before noise; 100: the largest", 50.0, 100.0);
  });
}

/// Everything a product depends on but the matrix and the vectors.
struct MvmConfig {
  ChipSpec chip;
  DeviceSpec device;
  MvmOptions options;
  /// Keys set by settings that change no product.
  std::vector<std::string> without_effect;
};

/// The keys of `mimosa mvm` beside those of a chip and a device. Refers to `options`.
[[nodiscard]] KeyTable mvm_keys(MvmOptions& options);

/// The chip `hermes` and the device `ideal` with settings applied: `chip` and `device` themselves first, then
/// keys `chip.…`, `device.…`, `mvm.…` and `seed` from left to right. UserError as from load_experiment.
[[nodiscard]] MvmConfig load_mvm_config(const std::vector<Setting>& settings);

/// SHA-256, in hex, of every key with its value that a product can depend on.
[[nodiscard]] std::string config_sha256(const MvmConfig& config);

/// The `mvm.` keys, a line each: path, what is allowed, default, sentence.
[[nodiscard]] std::string mvm_keys_text();

}  // namespace mimosa
