// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/reuse.hpp"

#include <string_view>
#include <unordered_map>

#include "sim/sweep/record.hpp"

namespace mimosa {

Reused reuse_points(const std::vector<std::string>& folders, const Expansion& expansion,
                    const std::optional<Shard>& shard, StoreContents& contents,
                    const std::function<void(const std::string&)>& take) {
  Reused reused;
  if (folders.empty()) return reused;
  std::unordered_map<Digest, std::size_t, DigestHash> places;
  for (std::size_t i = 0; i < expansion.size(); ++i)
    if (!shard || i % shard->count == shard->index) places[expansion.address(i)] = i;
  for (const std::string& folder : folders) {
    check_store(folder);
    const auto look = [&](std::string_view line) {
      const std::optional<LineSummary> summary = summary_of(line);
      if (!summary) ++reused.other_versions;
      if (!summary || !summary->ok) return;
      const auto place = places.find(summary->address);
      if (place == places.end() || !holds(line, expansion.plan().spec.record)) return;
      if (contents.points[summary->address].holds_record) return;
      take(reused_line(line, expansion.axes(place->second), folder));
      contents.add(*summary, true);
      ++reused.points;
    };
    for (Damage& damage : read_journals(journals_of(folder), look))
      reused.damages.push_back(std::move(damage));
  }
  return reused;
}

}  // namespace mimosa
