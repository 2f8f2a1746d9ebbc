// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/base/statistics.hpp"

namespace mimosa {

/// A paired difference of two accuracies (0 … 1): its mean over chip samples with the 95 % interval over
/// them, and the one over inputs, clustered by pass.
struct PairedDifference {
  MeanInterval chips;
  double inputs_ci95 = 0.0;
};

/// What one effect in one layer costs; `all` stands for every effect, every layer.
struct BudgetRow {
  std::string effect, layer;
  PairedDifference alone;    ///< accuracy without any effect − with this one alone
  PairedDifference without;  ///< accuracy with all but this one − with all
};

struct ErrorBudgetResult {
  std::int64_t inputs = 0, first_image = 0;  ///< of the 5,000 held-out images
  bool shared_with_calibration = false;
  int chips = 0, pilot_chips = 0;
  std::int64_t runs = 0;      ///< of all inputs through the network
  double half_width = 0.005;  ///< asked for, of the whole network's rows
  /// Samples that this spread needs; absent with one chip.
  std::optional<std::int64_t> planned_chips, planned_inputs;
  double achieved_half_width = 0.0,
         achieved_inputs_half_width = 0.0;  ///< largest of the whole network's rows
  double float_reference = 0.0;
  double without_effects = 0.0;  ///< accuracy with every effect off
  MeanInterval with_effects;     ///< over chips
  PairedDifference total;
  std::vector<BudgetRow> rows;  ///< effects in the whole network, layers, effects in layers
};

}  // namespace mimosa
