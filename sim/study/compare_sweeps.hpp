// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "sim/report/compare.hpp"
#include "sim/sweep/journal.hpp"

namespace mimosa {

/// A point that both sweeps have finished, "chip.adc.bits=6 seed=2", and what differs.
struct PointChange {
  std::string point;
  Comparison comparison;
  [[nodiscard]] bool is_equal() const;
};

/// What differs between two sweeps.
struct SweepComparison {
  std::vector<KeyChange> keys;              ///< that no axis varies
  std::vector<PointChange> points;          ///< finished in both
  std::vector<std::string> missing, added;  ///< points of one alone
  std::vector<std::string> failed;          ///< finished before alone: the point, and why it failed
  std::vector<std::string> figures;         ///< paths of all figures before
  std::vector<Damage> damages;              ///< lines of the journals that are not whole
};

/// Compares two folders of sweeps, point by point: partners are those of `pairs_of`. UserError where a folder
/// is no sweep, or no point has a partner.
[[nodiscard]] SweepComparison compare_sweeps(const std::string& before, const std::string& after);

/// A sentence for each point and network that breaks the gate, or that is missing or has failed.
[[nodiscard]] std::vector<std::string> broken(const Gate& gate, const SweepComparison& comparison);

/// Keys; each figure that changed with the number of points and how far it went; of the first `most` points
/// that changed the figures that have short names or were recorded.
[[nodiscard]] std::string comparison_text(const SweepComparison& comparison, std::size_t most = 20);

}  // namespace mimosa
