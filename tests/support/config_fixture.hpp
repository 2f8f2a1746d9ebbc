// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/config/experiment_reader.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mimosa {

/// A configs folder of its own: chips `small` and `small_fine`, device `noisy`, networks `net_a` and `net_b`
/// (by name only: nothing here reads them).
struct ConfigFixture {
  TemporaryFolder folder;

  ConfigFixture() {
    folder.write("chip/small.yaml", "description: a small chip\nmesh: {rows: 2, cols: 2}\nadc:\n  bits: 6\n");
    folder.write("chip/small_fine.yaml",
                 "description: small with a fine ADC\nextends: small\nadc: {bits: 12}\n");
    folder.write("device/noisy.yaml",
                 "description: a noisy cell\nread_noise: 2\n"
                 "programming: {law: polynomial}\nageing: {law: power}\n"
                 "low_frequency: {law: power_q}\nwhite: {law: sqrt_weight}\n");
    folder.write("network/net_a.yaml", "description: the first\n");
    folder.write("network/net_b.yaml", "description: the second\n");
  }

  /// Path of an experiment of that text, beside those names.
  [[nodiscard]] std::string experiment(const std::string& text) const {
    return folder.write("experiment/test.yaml", text);
  }
  [[nodiscard]] ExperimentFile load(const std::string& text,
                                    const std::vector<std::string>& sets = {}) const {
    std::vector<Setting> settings;
    for (const std::string& set : sets) settings.push_back(parse_setting(set));
    return load_experiment(experiment(text), settings);
  }
  static constexpr const char* plain = "network: net_a\nchip: small\ndevice: noisy\n";
};

}  // namespace mimosa
