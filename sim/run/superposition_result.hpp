// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace mimosa {

/// Stem, binding, unbinding, classifier, host link: what runs once per input however many share a pass.
struct UnsharedResult {
  std::vector<std::string> stages;
  std::optional<double> energy_per_input_j = {};  ///< not where it depends on data
  std::optional<double> energy_share = {};        ///< of the energy per input
  double cycles_per_input = 0.0;  ///< of the busiest of these stages, which no interval can be below
  std::string busiest;            ///< its name
  // Against N = 1 on the same chip: the most that more slots could bring with these replicas.
  std::optional<double> speedup_limit = {}, saving_limit = {};
};

/// Waiting for the slots of a pass to fill.
struct ArrivalResult {
  double arrival_per_s = 0.0;
  double fill_wait_mean_s = 0.0, fill_wait_first_s = 0.0;
  double response_mean_s = 0.0;  ///< mean wait and the chip's latency
  bool keeps_up = true;
};

}  // namespace mimosa
