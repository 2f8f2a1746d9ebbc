// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/front.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "sim/sweep/figures.hpp"
#include "sim/sweep/record.hpp"

namespace mimosa {
namespace {

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] > b[i]) return false;
  return a != b;
}

}  // namespace

std::vector<bool> non_dominated(const std::vector<std::vector<double>>& costs) {
  std::vector<std::size_t> order(costs.size()), front;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return costs[a] < costs[b]; });
  std::vector<bool> stays(costs.size());
  // In this order nothing dominates what stands before it, and what is dominated, the front dominates.
  for (const std::size_t point : order) {
    stays[point] = std::none_of(front.begin(), front.end(),
                                [&](std::size_t other) { return dominates(costs[other], costs[point]); });
    if (stays[point]) front.push_back(point);
  }
  return stays;
}

void take_values(ObjectiveValues& values, std::string_view line, const std::vector<Objective>& objectives) {
  const std::optional<LineSummary> summary = summary_of(line);
  if (!summary || !summary->ok) return;
  const nlohmann::json json = nlohmann::json::parse(line);
  std::vector<double> all;
  for (const Objective& objective : objectives)
    if (const auto value = figure_in(json, objective.figure)) all.push_back(*value);
  if (all.size() == objectives.size()) values[summary->address] = all;
}

ObjectiveValues read_values(const std::string& folder, const std::vector<Objective>& objectives) {
  ObjectiveValues values;
  static_cast<void>(read_journals(journals_of(folder),
                                  [&](std::string_view line) { take_values(values, line, objectives); }));
  return values;
}

std::vector<double> mean_values(const Expansion& expansion, const std::vector<std::size_t>& points,
                                const ObjectiveValues& values) {
  std::vector<double> mean;
  for (const std::size_t point : points) {
    const auto found = values.find(expansion.address(point));
    if (found == values.end()) return {};
    mean.resize(found->second.size());
    for (std::size_t i = 0; i < mean.size(); ++i)
      mean[i] += found->second[i] / static_cast<double>(points.size());
  }
  return mean;
}

std::vector<double> costs_of(std::vector<double> values, const std::vector<Objective>& objectives) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (objectives[i].maximise) values[i] = -values[i];
  return values;
}

std::vector<FrontPoint> front_of(const Expansion& expansion, const ObjectiveValues& values) {
  std::map<std::size_t, std::vector<std::size_t>> samples;
  for (std::size_t i = 0; i < expansion.size(); ++i) samples[expansion.sample(i)].push_back(i);
  std::vector<FrontPoint> all;
  std::vector<std::vector<double>> costs;
  for (const auto& [sample, points] : samples) {
    const std::vector<double> mean = mean_values(expansion, points, values);
    if (mean.empty()) continue;
    all.push_back({points, mean});
    costs.push_back(costs_of(mean, expansion.plan().spec.objectives));
  }
  const std::vector<bool> stays = non_dominated(costs);
  std::vector<std::pair<std::vector<double>, std::size_t>> order;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (stays[i]) order.emplace_back(costs[i], i);
  std::sort(order.begin(), order.end());
  std::vector<FrontPoint> front;
  for (const auto& [cost, i] : order) front.push_back(all[i]);
  return front;
}

}  // namespace mimosa
