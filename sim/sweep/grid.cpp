// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/grid.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "models/base/error.hpp"

namespace mimosa {
namespace {

constexpr std::size_t most_points = 1000000;

std::vector<Axis> merged(std::vector<Axis> file, const std::vector<Axis>& given) {
  for (const Axis& axis : given) {
    const auto same =
        std::find_if(file.begin(), file.end(), [&](const Axis& a) { return a.key == axis.key; });
    if (same == file.end())
      file.push_back(axis);
    else
      *same = axis;
  }
  return file;
}

void check_axes(const std::vector<Axis>& axes, const std::vector<Setting>& settings) {
  if (axes.empty()) throw UserError("sweep: no axes; give KEY=V1,V2 or `axes:` in the experiment");
  std::size_t points = 1;
  for (const Axis& axis : axes) {
    points *= axis.values.size();
    if (points > most_points)
      throw UserError(fmt::format("sweep: more than {} points; give fewer values", most_points));
    for (const Setting& setting : settings)
      if (setting.key == axis.key)
        throw UserError(fmt::format("{}: {} is an axis of the sweep; give its values as {}={}",
                                    setting.source, axis.key, axis.key, setting.value));
  }
}

/// Naming a part resets its keys, so such axes come before the settings and the axes of keys.
bool names_part(const std::string& key) {
  return key == "network" || key == "chip" || key == "device";
}

/// `axes` are those of the point, in its order.
std::vector<Setting> settings_of(const SweepPoint& point, const std::vector<Axis>& axes,
                                 const std::vector<Setting>& common) {
  std::vector<Setting> parts, keys;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto& [key, value] = point.axes[i];
    (names_part(key) ? parts : keys).push_back({key, value, axes[i].source});
  }
  parts.insert(parts.end(), common.begin(), common.end());
  parts.insert(parts.end(), keys.begin(), keys.end());
  return parts;
}

}  // namespace

std::vector<SweepPoint> make_grid(const std::string& path, const std::vector<Setting>& settings,
                                  const std::vector<Axis>& given) {
  const std::vector<Axis> axes = merged(load_experiment(path, settings).axes, given);
  check_axes(axes, settings);
  std::vector<SweepPoint> points(1);
  for (const Axis& axis : axes) {
    std::vector<SweepPoint> longer;
    for (const SweepPoint& point : points) {
      for (const std::string& value : axis.values) {
        longer.push_back(point);
        longer.back().axes.emplace_back(axis.key, value);
      }
    }
    points = std::move(longer);
  }
  for (SweepPoint& point : points)
    point.experiment = load_experiment(path, settings_of(point, axes, settings)).experiment;
  return points;
}

}  // namespace mimosa
