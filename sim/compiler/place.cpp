// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/place.hpp"

#include <algorithm>
#include <numeric>

#include "hw/program/counts.hpp"
#include "hw/program/text.hpp"

namespace mimosa {
namespace {

constexpr int host_tile = 0;
constexpr int swap_rounds = 20;  // the descent ends by itself long before on every network tried

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

/// Seat of every task: the n-th filled tile, before seats are mapped to tiles. Seat 0 also holds the host's
/// port.
std::vector<int> seats(const std::vector<Task>& tasks, int arrays_per_tile) {
  std::vector<int> seat(tasks.size(), 0);
  int filled = 0, home = 0;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    if (tasks[t].kind == TaskKind::Array) {
      seat[t] = filled++ / arrays_per_tile;
      if (tasks[t].block == 0) home = seat[t];
    } else if (tasks[t].kind == TaskKind::Vector) {
      seat[t] = home;
    }
  }
  return seat;
}

class Descent {
 public:
  Descent(const std::vector<Flow>& flows, const std::vector<Task>& tasks, const std::vector<int>& seat,
          const MeshSpec& mesh)
      : mesh_(mesh), tile_(serpentine(mesh)), links_(tile_.size() + 1) {
    const int host = static_cast<int>(tile_.size());  // a seat that never moves
    const auto seat_of = [&](int task) {
      const TaskKind kind = tasks[static_cast<std::size_t>(task)].kind;
      return kind == TaskKind::HostIn || kind == TaskKind::HostOut ? host
                                                                   : seat[static_cast<std::size_t>(task)];
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
      for (std::size_t a = 0; a < tile_.size(); ++a)
        for (std::size_t b = a + 1; b < tile_.size(); ++b) better = try_swap(a, b) || better;
      if (!better) break;
    }
    return tile_;
  }

 private:
  [[nodiscard]] std::int64_t cost_of(std::size_t seat) const {
    std::int64_t cost = 0;
    for (const Link& link : links_[seat]) {
      const auto to = static_cast<std::size_t>(link.to);
      cost += link.bytes * mesh_hops(tile_[seat], to < tile_.size() ? tile_[to] : host_tile, mesh_);
    }
    return cost;
  }
  bool try_swap(std::size_t a, std::size_t b) {
    if (links_[a].empty() && links_[b].empty()) return false;
    const std::int64_t before = cost_of(a) + cost_of(b);
    std::swap(tile_[a], tile_[b]);
    if (cost_of(a) + cost_of(b) < before) return true;  // their mutual distance is the same either way
    std::swap(tile_[a], tile_[b]);
    return false;
  }

  const MeshSpec& mesh_;
  std::vector<int> tile_;  ///< per seat
  std::vector<std::vector<Link>> links_;
};

}  // namespace

Placement place(const Mapping& m) {
  const std::vector<Task> tasks = list_tasks(m.partition, m.replication);
  const std::vector<int> seat = seats(tasks, m.chip.arrays_per_tile());
  const std::vector<int> tile = Descent(list_flows(m, tasks), tasks, seat, m.chip.mesh).run();
  Placement placement;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const bool on_chip = tasks[t].kind == TaskKind::Array || tasks[t].kind == TaskKind::Vector;
    placement.tile.push_back(on_chip ? tile[static_cast<std::size_t>(seat[t])] : host_tile);
  }
  return placement;
}

std::int64_t placement_cost(const Mapping& m, const Placement& placement) {
  std::int64_t cost = 0;
  for (const Flow& flow : list_flows(m, list_tasks(m.partition, m.replication))) {
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
