// SPDX-License-Identifier: Apache-2.0
#include "sim/study/sweep_pairs.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <set>

#include "models/base/error.hpp"
#include "sim/study/index_reader.hpp"
#include "sim/sweep/journal.hpp"
#include "sim/sweep/record.hpp"

namespace mimosa {
namespace {

using Names = std::set<std::string>;
/// Where a point stands on some axes.
using Place = std::map<std::string, Json>;

Names axes_of(const StoredPoints& points) {
  Names names;
  for (const auto& [address, point] : points)
    for (const auto& [name, value] : point.axes.items()) names.insert(name);
  return names;
}

Place place_of(const Json& axes, const Names& names) {
  Place place;
  for (const auto& [name, value] : axes.items())
    if (names.contains(name)) place[name] = value;
  return place;
}

/// The points of a store that the other does not have, by their place on these axes.
std::map<Place, const StoredPoint*> places_of(const std::string& folder, const StoredPoints& points,
                                              const StoredPoints& other, const Names& names) {
  std::map<Place, const StoredPoint*> places;
  for (const auto& [address, point] : points) {
    if (other.contains(address)) continue;
    const auto [there, fresh] = places.emplace(place_of(point.axes, names), &point);
    if (!fresh)
      throw UserError(
          fmt::format("{}: {} and {} cannot be told apart by axes that both sweeps have; compare sweeps over "
                      "the same axes",
                      folder, axes_text(there->second->axes), axes_text(point.axes)));
  }
  return places;
}

void pair_by_place(const std::map<Place, const StoredPoint*>& before,
                   std::map<Place, const StoredPoint*> after, std::vector<PointPair>& pairs) {
  for (const auto& [place, point] : before) {
    const auto partner = after.extract(place);
    pairs.push_back({point, partner.empty() ? nullptr : partner.mapped()});
  }
  for (const auto& [place, point] : after) pairs.push_back({nullptr, point});
}

}  // namespace

StoredPoints read_points(const std::string& folder, std::vector<Damage>& damages) {
  check_store(folder);
  StoredPoints points;
  const std::set<std::string> others = addresses_of_other_sweeps(folder);
  const auto take = [&](std::string_view line) {
    const std::optional<LineSummary> summary = summary_of(line);
    if (!summary || (!others.empty() && others.contains(summary->address.hex()))) return;
    StoredPoint& point = points[summary->address];
    if (summary->ok || !point.ok) point = {{}, std::string(line), summary->ok};
  };
  for (Damage& damage : read_journals(journals_of(folder), take)) damages.push_back(std::move(damage));
  for (auto& [address, point] : points) point.axes = Json::parse(point.line)["axes"];
  return points;
}

std::vector<PointPair> pairs_of(const std::string& before, const StoredPoints& a, const std::string& after,
                                const StoredPoints& b) {
  const Names first = axes_of(a), second = axes_of(b);
  Names common, all = first;
  all.insert(second.begin(), second.end());
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(),
                        std::inserter(common, common.end()));
  std::vector<PointPair> pairs;
  for (const auto& [address, point] : a) {
    const auto same = b.find(address);
    if (same != b.end() || common.empty())
      pairs.push_back({&point, same == b.end() ? nullptr : &same->second});
  }
  for (const auto& [address, point] : b)
    if (common.empty() && !a.contains(address)) pairs.push_back({nullptr, &point});
  if (!common.empty()) pair_by_place(places_of(before, a, b, common), places_of(after, b, a, common), pairs);
  std::sort(pairs.begin(), pairs.end(), [&](const PointPair& x, const PointPair& y) {
    return place_of(x.axes(), all) < place_of(y.axes(), all);
  });
  return pairs;
}

std::string axes_text(const Json& axes) {
  std::string text;
  for (const auto& [name, value] : axes.items())
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name,
                        value.is_string() ? value.get<std::string>() : value.dump());
  return text;
}

}  // namespace mimosa
