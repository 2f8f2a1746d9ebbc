// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/place.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "hw/program/counts.hpp"
#include "hw/program/geometry.hpp"
#include "hw/program/text.hpp"
#include "sim/compiler/seating.hpp"

namespace mimosa {
namespace {

constexpr int host_tile = 0;
constexpr int swap_rounds = 20;  // the descent ends by itself long before on every network tried
constexpr int reach = 7;         // routers around a seat's best spot that it tries

/// Bytes per pass between two seats: what sits in one tile moves together.
struct Link {
  int to = 0;
  std::int64_t bytes = 0;
};

/// All tiles along a serpentine over the routers: neighbours in the order are neighbours on the chip.
std::vector<int> serpentine(const MeshSpec& mesh) {
  std::vector<int> tiles;
  for (int n = 0; n < mesh.routers(); ++n) {
    const int row = n / mesh.cols, col = n % mesh.cols;
    const int first = (row * mesh.cols + (row % 2 == 0 ? col : mesh.cols - 1 - col)) * mesh.concentration;
    for (int tile = first; tile < std::min(first + mesh.concentration, mesh.tiles()); ++tile)
      tiles.push_back(tile);
  }
  return tiles;
}

/// Where a tile's router is.
struct Spot {
  int row = 0, col = 0;
};

/// Weighted median: the point with the least sum of weighted distances.
int median(std::vector<std::pair<int, std::int64_t>>& places) {
  std::sort(places.begin(), places.end());
  std::int64_t total = 0, below = 0;
  for (const auto& [place, weight] : places) total += weight;
  for (const auto& [place, weight] : places)
    if (2 * (below += weight) >= total) return place;
  return 0;
}

class Descent {
 public:
  /// `tasks` on seats instead of tiles.
  Descent(const std::vector<Flow>& flows, const std::vector<Task>& tasks, const MeshSpec& mesh)
      : mesh_(mesh), tile_(serpentine(mesh)), links_(tile_.size() + 1), seat_of_(tile_.size()) {
    for (int tile = 0; tile < mesh.tiles(); ++tile)
      spots_.push_back({tile / mesh.concentration / mesh.cols, tile / mesh.concentration % mesh.cols});
    for (std::size_t seat_index = 0; seat_index < tile_.size(); ++seat_index)
      seat_of_[static_cast<std::size_t>(tile_[seat_index])] = static_cast<int>(seat_index);
    tile_.push_back(host_tile);  // of the host's seat, which never moves
    const int host = static_cast<int>(tile_.size()) - 1;
    const auto seat_of = [&](int index) {
      const Task& task = tasks[static_cast<std::size_t>(index)];
      return on_chip(task.kind) ? task.tile : host;
    };
    for (const Flow& flow : flows) {
      const int a = seat_of(flow.channel.from), b = seat_of(flow.channel.to);
      if (a == b) continue;
      const std::int64_t bytes = static_cast<std::int64_t>(flow.channel.row_bytes) * flow.channel.rows;
      links_[static_cast<std::size_t>(a)].push_back({b, bytes});
      links_[static_cast<std::size_t>(b)].push_back({a, bytes});
    }
  }

  std::vector<int> run() {
    for (int round = 0; round < swap_rounds; ++round) {
      bool better = false;
      for (int a = 0; a < mesh_.tiles(); ++a) better = improve(a) || better;
      if (!better) break;
    }
    return tile_;
  }

 private:
  [[nodiscard]] const Spot& spot(int seat) const {
    return spots_[static_cast<std::size_t>(tile_[static_cast<std::size_t>(seat)])];
  }
  [[nodiscard]] std::int64_t cost_of(int seat) const {
    std::int64_t cost = 0;
    const Spot here = spot(seat);
    for (const Link& link : links_[static_cast<std::size_t>(seat)]) {
      const Spot& there = spot(link.to);
      cost += link.bytes * (std::abs(here.row - there.row) + std::abs(here.col - there.col));
    }
    return cost;
  }
  /// Where a seat would like to be.
  [[nodiscard]] Spot best_spot(int seat) const {
    std::vector<std::pair<int, std::int64_t>> rows, cols;
    for (const Link& link : links_[static_cast<std::size_t>(seat)]) {
      rows.emplace_back(spot(link.to).row, link.bytes);
      cols.emplace_back(spot(link.to).col, link.bytes);
    }
    return {median(rows), median(cols)};
  }

  /// Swaps a seat with those around its best spot while that lowers the cost.
  bool improve(int a) {
    if (links_[static_cast<std::size_t>(a)].empty()) return false;
    std::int64_t cost = cost_of(a);
    bool better = false;
    const Spot wish = best_spot(a);
    for (int row = std::max(0, wish.row - reach); row <= std::min(mesh_.rows - 1, wish.row + reach); ++row)
      for (int col = std::max(0, wish.col - reach); col <= std::min(mesh_.cols - 1, wish.col + reach);
           ++col) {
        const int first = (row * mesh_.cols + col) * mesh_.concentration;
        for (int tile = first; tile < std::min(first + mesh_.concentration, mesh_.tiles()); ++tile)
          better = try_swap(a, seat_of_[static_cast<std::size_t>(tile)], cost) || better;
      }
    return better;
  }
  void swap(int a, int b) {
    std::swap(tile_[static_cast<std::size_t>(a)], tile_[static_cast<std::size_t>(b)]);
    for (const int seat : {a, b})
      seat_of_[static_cast<std::size_t>(tile_[static_cast<std::size_t>(seat)])] = seat;
  }
  /// `cost` is that of `a`.
  bool try_swap(int a, int b, std::int64_t& cost) {
    if (a == b) return false;
    const std::int64_t before = cost + cost_of(b);
    swap(a, b);
    const std::int64_t after = cost_of(a);
    if (after + cost_of(b) < before) {  // their mutual distance is the same either way
      cost = after;
      return true;
    }
    swap(a, b);
    return false;
  }

  const MeshSpec& mesh_;
  std::vector<int> tile_;  ///< per seat
  std::vector<std::vector<Link>> links_;
  std::vector<int> seat_of_;  ///< per tile
  std::vector<Spot> spots_;   ///< per tile
};

}  // namespace

Placement place(const Mapping& m) {
  const std::vector<Task> tasks = list_tasks(m.partition, m.replication);
  const std::vector<int> seat = seat_tasks(m, tasks);
  std::vector<Task> seated = tasks;
  for (std::size_t t = 0; t < tasks.size(); ++t) seated[t].tile = seat[t];
  const std::vector<int> tile = Descent(list_shared_flows(m, seated), seated, m.chip.mesh).run();
  Placement placement;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    placement.tile.push_back(on_chip(tasks[t].kind) ? tile[static_cast<std::size_t>(seat[t])] : host_tile);
  }
  return placement;
}

std::vector<Task> placed_tasks(const Mapping& m, const Placement& placement) {
  std::vector<Task> tasks = list_tasks(m.partition, m.replication);
  for (std::size_t t = 0; t < tasks.size(); ++t) tasks[t].tile = placement.tile[t];
  return tasks;
}

std::int64_t placement_cost(const Mapping& m, const Placement& placement) {
  std::int64_t cost = 0;
  for (const Flow& flow : list_shared_flows(m, placed_tasks(m, placement))) {
    const Channel& c = flow.channel;
    cost += static_cast<std::int64_t>(c.row_bytes) * c.rows *
            mesh_hops(placement.tile[static_cast<std::size_t>(c.from)],
                      placement.tile[static_cast<std::size_t>(c.to)], m.chip.mesh);
  }
  return cost;
}

std::string to_text(const Placement& p) {
  std::string text;
  for (std::size_t t = 0; t < p.tile.size(); ++t)
    text += Record("place").add("task", static_cast<int>(t)).add("tile", p.tile[t]).line();
  return text;
}

Placement placement_from_text(const std::string& text) {
  Placement p;
  for (const Record& record : parse_records(text)) {
    if (record.kind() != "place" || record.number("task") != static_cast<int>(p.tile.size()))
      refuse_record(record, "place, task by task");
    p.tile.push_back(record.number("tile"));
  }
  return p;
}

}  // namespace mimosa
