// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/check_sweep.hpp"

#include "models/base/error.hpp"
#include "sim/config/rules.hpp"
#include "sim/sweep/expansion.hpp"
#include "sim/sweep/figures.hpp"
#include "sim/sweep/where.hpp"

namespace mimosa {
namespace {

constexpr std::size_t most_looked_at = 10000;

std::size_t combinations(const SweepPlan& plan) {
  if (plan.spec.method != SweepMethod::Grid)
    return static_cast<std::size_t>(plan.spec.points) * static_cast<std::size_t>(plan.spec.repeats);
  std::size_t points = 1;
  for (const Axis& axis : plan.axes) points = std::min(points * axis.steps.size(), most_looked_at + 1);
  return points;
}

/// Conditions and figures, each by itself.
template <class Attempt>
void check_spec(const SweepSpec& spec, const Attempt& attempt) {
  for (const std::string& condition : spec.where) attempt([&] { static_cast<void>(Where(condition)); });
  for (const std::string& figure : spec.record) attempt([&] { check_figure(figure, "sweep.record"); });
  for (const Objective& objective : spec.objectives)
    attempt([&] { check_figure(objective.figure, "sweep.objectives"); });
}

/// Of a message about an axis, "file:line: axis: key: what", about a key of `sweep`, "key: what", or about a
/// point, "file: at axes: what".
ConfigError placed_at_axis(const UserError& error, const ExperimentFile& file, const std::string& path) {
  const std::string what = without_prefix(error.what(), path + ": ");
  for (const Axis& axis : file.axes) {
    if (!what.starts_with(axis.source + ": ")) continue;
    const std::string sentence = what.substr(axis.source.size() + 2);
    const std::string origin = axis.source.substr(0, axis.source.rfind(": "));
    return {place_of(origin, sentence.substr(0, sentence.find(':'))), "axes", sentence};
  }
  return placed(UserError(what), file.origins, path);
}

}  // namespace

Findings check_sweep(const std::string& path) {
  Findings findings;
  const ExperimentFile file = load_experiment(path, {}, &findings);
  if (!findings.empty()) return {};  // told by check_config
  const auto attempt = [&](const auto& look) {
    try {
      look();
    } catch (const UserError& error) {
      findings.push_back(placed_at_axis(error, file, path));
    }
  };
  check_spec(file.sweep, attempt);
  if (!findings.empty() || file.axes.empty()) return findings;  // axes may be typed
  attempt([&] {
    SweepPlan plan = make_plan(path, {}, {});
    if (combinations(plan) <= most_looked_at) static_cast<void>(Expansion(std::move(plan)));
  });
  return findings;
}

}  // namespace mimosa
