// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "models/base/error.hpp"
#include "sim/config/effective.hpp"
#include "sim/config/experiment_keys.hpp"
#include "sim/sweep/address.hpp"
#include "sim/sweep/figures.hpp"

namespace mimosa {
namespace {

std::vector<Axis> merged(std::vector<Axis> file, const std::vector<Axis>& given) {
  for (const Axis& axis : given) {
    const auto same = std::find_if(file.begin(), file.end(), [&](auto& a) { return a.name == axis.name; });
    if (same == file.end())
      file.push_back(axis);
    else
      *same = axis;
  }
  return file;
}

std::vector<std::string> keys_of(const Axis& axis) {
  std::set<std::string> keys;
  for (const AxisStep& step : axis.steps)
    for (const auto& [key, value] : step.settings) keys.insert(key);
  if (axis.steps.empty()) keys.insert(axis.name);
  return {keys.begin(), keys.end()};
}

/// Keys of the sweep itself are no keys of a point.
bool is_of_sweep(const std::string& key) {
  const auto below = [&](const std::string& section) {
    return key == section || key.starts_with(section + '.');
  };
  return below("sweep") || below("axes");
}

bool is_repeats(const Axis& axis) {
  return axis.source == "sweep.repeats";
}

void check_axis(const Axis& axis, const SweepPlan& plan, std::set<std::string>& taken) {
  for (const std::string& key : keys_of(axis)) {
    if (!taken.insert(key).second)
      throw UserError(fmt::format("{}: {}: stands on two axes; allowed: one", axis.source, key));
    if (is_of_sweep(key))
      throw UserError(fmt::format("{}: {}: is a key of the sweep, not of its points", axis.source, key));
    if (!may_be_axis(key)) throw UserError(fmt::format("{}: {}: no result depends on it", axis.source, key));
    if (is_repeats(axis)) continue;  // they start from the seed that is set
    for (const Setting& setting : plan.settings)
      if (setting.key == key)
        throw UserError(axis.named ? fmt::format("{}: {} is set by the axis {}; change it there",
                                                 setting.source, key, axis.name)
                                   : fmt::format("{}: {} is an axis of the sweep; give its values as {}={}",
                                                 setting.source, key, key, setting.value));
  }
  if (axis.steps.empty() && plan.spec.method == SweepMethod::Grid)
    throw UserError(
        fmt::format("{}: {}: a range without steps; say how many, or let sweep.method draw from it",
                    axis.source, axis.name));
}

Axis repeats(const SweepPlan& plan) {
  Axis axis{.name = "repeat", .source = "sweep.repeats", .named = true};
  for (int r = 0; r < plan.spec.repeats; ++r) {
    AxisStep step{.label = std::to_string(r)};
    if (plan.spec.seeds == SeedRule::Shared)
      step.settings = {{"seed", std::to_string(shared_seed(plan.base.experiment.seed, r))}};
    axis.steps.push_back(std::move(step));
  }
  return axis;
}

bool chooses(const Axis& axis) {
  return !is_repeats(axis) && (axis.range || axis.steps.size() > 1);
}

void check_pareto(SweepPlan& plan) {
  SweepSpec& spec = plan.spec;
  if (std::none_of(plan.axes.begin(), plan.axes.end(), chooses))
    throw UserError("sweep: no axis has two values; sweep.method: pareto needs something to choose from");
  if (spec.objectives.size() < 2)
    throw UserError(
        fmt::format("sweep.objectives: {} given; sweep.method: pareto needs two or more, e.g. "
                    "{{accuracy: max, energy_j: min}}",
                    spec.objectives.size()));
  if (spec.points < 8 || spec.points % 4 != 0)
    throw UserError(fmt::format(
        "sweep.points: {}; with sweep.method: pareto allowed: multiples of 4, from 8 on", spec.points));
  for (const Objective& objective : spec.objectives)
    if (!spec.record.empty() &&
        std::find(spec.record.begin(), spec.record.end(), objective.figure) == spec.record.end())
      spec.record.push_back(objective.figure);
}

/// An engine that no axis changes has to give every objective.
void check_objectives(const SweepPlan& plan) {
  for (const Axis& axis : plan.axes)
    for (const std::string& key : keys_of(axis))
      if (key == "engine") return;
  const EngineChoice engine = plan.base.experiment.engine;
  for (const Objective& objective : plan.spec.objectives) {
    const std::string path = figure_path(objective.figure);
    if (engine == EngineChoice::Timing && path.starts_with("accuracy."))
      throw UserError(
          fmt::format("sweep.objectives: {}: the timing engine computes no outputs; allowed: engine both, "
                      "functional, timed",
                      objective.figure));
    if (engine == EngineChoice::Functional && (path.starts_with("timing.") || path == "inputs_per_s_per_mm2"))
      throw UserError(fmt::format(
          "sweep.objectives: {}: the functional engine has no cycles; allowed: engine both, timed, timing",
          objective.figure));
  }
}

/// Naming a part resets its keys, so it comes before them.
bool names_part(const std::string& key) {
  return key == "network" || key == "chip" || key == "device";
}

}  // namespace

bool may_be_axis(const std::string& key) {
  return is_hashed(key) && key != "description";
}

SweepPlan make_plan(const std::string& path, const std::vector<Setting>& settings,
                    const std::vector<Axis>& given) {
  SweepPlan plan{path, settings, load_experiment(path, settings), {}, {}, {}};
  plan.spec = plan.base.sweep;
  plan.axes = merged(plan.base.axes, given);
  if (plan.spec.repeats > 1) plan.axes.push_back(repeats(plan));
  if (plan.axes.empty()) throw UserError("sweep: no axes; give KEY=V1,V2 or `axes:` in the experiment");
  std::set<std::string> taken;
  if (plan.spec.seeds == SeedRule::Own) taken.insert("seed");
  for (const Axis& axis : plan.axes) check_axis(axis, plan, taken);
  const FastKeys keys;
  for (const Axis& axis : plan.axes) {
    plan.fast.push_back(keys.fast(axis));
    if (plan.spec.method != SweepMethod::Grid && axis.range && !plan.fast.back())
      throw UserError(fmt::format("{}: {}: a range of a key that holds no number; give its values",
                                  axis.source, axis.name));
  }
  if (plan.spec.method != SweepMethod::Grid && plan.spec.points == 0)
    throw UserError("sweep.points: is missing; say how many points to draw");
  if (plan.spec.method == SweepMethod::Pareto) check_pareto(plan);
  check_objectives(plan);
  return plan;
}

std::vector<Setting> settings_of(const SweepPlan& plan, const std::vector<AxisStep>& steps) {
  std::vector<Setting> parts, slow, fast;
  for (std::size_t a = 0; a < steps.size(); ++a) {
    for (const auto& [key, value] : steps[a].settings)
      (names_part(key) ? parts : plan.fast[a] ? fast : slow).push_back({key, value, plan.axes[a].source});
  }
  parts.insert(parts.end(), plan.settings.begin(), plan.settings.end());
  parts.insert(parts.end(), slow.begin(), slow.end());
  parts.insert(parts.end(), fast.begin(), fast.end());
  return parts;
}

FastKeys::FastKeys() {
  Experiment scratch;
  const KeyTable table = experiment_keys(scratch);
  std::set<std::string> laws;
  for (const ConfigKey& key : table.keys) laws.insert(key.law_key);
  for (const ConfigKey& key : table.keys) {
    paths_.push_back(key.path);
    fast_.push_back(key.kind != KeyKind::Choice && key.kind != KeyKind::Text && !laws.contains(key.path));
  }
}

int FastKeys::index(const std::string& key) const {
  const auto found = std::find(paths_.begin(), paths_.end(), key);
  return found == paths_.end() ? -1 : static_cast<int>(found - paths_.begin());
}

bool FastKeys::fast(const Axis& axis) const {
  const std::vector<std::string> keys = keys_of(axis);
  return std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
    const int at = index(key);
    return at >= 0 && fast_[static_cast<std::size_t>(at)];
  });
}

}  // namespace mimosa
