// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/config/experiment_reader.hpp"

namespace mimosa {

/// What a sweep was asked for.
struct SweepPlan {
  std::string path;               ///< of the experiment
  std::vector<Setting> settings;  ///< hold for every point
  ExperimentFile base;            ///< with the settings
  std::vector<Axis> axes;         ///< the repeats are the last one
  std::vector<bool> fast;         ///< of each axis: its keys are fast (FastKeys)
  SweepSpec spec;
};

/// Whether a result may depend on a key of an experiment: others make no axis.
[[nodiscard]] bool may_be_axis(const std::string& key);

/// Axes of the file, with those of `given` in their place where they name the same key and behind them where
/// not; the repeats as an axis `repeat`. UserError where there is no axis, a key stands on two, is set
/// besides, or no result depends on it.
[[nodiscard]] SweepPlan make_plan(const std::string& path, const std::vector<Setting>& settings,
                                  const std::vector<Axis>& given);

/// The settings that make a point of one step each of the plan's axes: whole parts first, which reset their
/// keys, then those that hold for all, then those of slow axes, then those of fast ones.
[[nodiscard]] std::vector<Setting> settings_of(const SweepPlan& plan, const std::vector<AxisStep>& steps);

/// Whether a key can be set without reading the experiment again: it holds numbers and decides on no other
/// key.
class FastKeys {
 public:
  FastKeys();
  /// Place in `experiment_keys`, or -1.
  [[nodiscard]] int index(const std::string& key) const;
  [[nodiscard]] bool fast(const Axis& axis) const;
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

 private:
  std::vector<std::string> paths_;
  std::vector<bool> fast_;
};

}  // namespace mimosa
