// SPDX-License-Identifier: Apache-2.0
#include "hw/noc/mesh_core.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <string>

namespace mimosa {
namespace {

// Numbers of a router's ports: four sides, then ejection (as a queue: injected flits) of each of its tiles,
// then their injection links, then their loopbacks.
constexpr int sides = 4;

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}
void require(bool ok, const std::string& message) {
  if (!ok) throw std::invalid_argument(message);
}

}  // namespace

MeshCore::MeshCore(const MeshSpec& mesh, const NocSpec& noc)
    : mesh_(mesh), noc_(noc), ports_(sides + 3 * mesh.concentration), inputs_(sides + mesh.concentration) {
  require(mesh.rows >= 1 && mesh.cols >= 1 && mesh.concentration >= 1,
          "mesh of " + std::to_string(mesh.rows) + " x " + std::to_string(mesh.cols) + " routers with " +
              std::to_string(mesh.concentration) + " tiles each; at least 1 x 1 with 1");
  require(noc.flit_bytes >= 1 && noc.hop_cycles >= 1 && noc.buffer_flits >= 1 && noc.credit_cycles >= 1,
          "noc: flit_bytes, hop_cycles, buffer_flits and credit_cycles must be at least 1, not " +
              std::to_string(noc.flit_bytes) + ", " + std::to_string(noc.hop_cycles) + ", " +
              std::to_string(noc.buffer_flits) + " and " + std::to_string(noc.credit_cycles));
  queues_.resize(at(mesh.routers() * ports_));
  links_.resize(at(mesh.routers() * ports_));
  for (int router = 0; router < mesh.routers(); ++router) connect(router);
}

int MeshCore::id(int tile, MeshPort port) const {
  const int router = tile / mesh_.concentration, local = tile % mesh_.concentration;
  const int kind = static_cast<int>(port) - static_cast<int>(MeshPort::Local);
  return id(router, kind < 0 ? static_cast<int>(port) : sides + kind * mesh_.concentration + local);
}

void MeshCore::wire(int link, int queue, int latency) {
  links_[at(link)].target = queue;
  links_[at(link)].latency = latency;
  links_[at(link)].places = noc_.buffer_flits;
  queues_[at(queue)].feeder = link;
}

void MeshCore::connect(int router) {
  const auto side = [this](int r, MeshPort port) { return id(r, static_cast<int>(port)); };
  for (int local = 0; local < mesh_.concentration; ++local) {
    const int tile = router * mesh_.concentration + local;
    wire(id(tile, MeshPort::Inject), id(tile, MeshPort::Local), 1);
  }
  if (router % mesh_.cols + 1 < mesh_.cols) {
    wire(side(router, MeshPort::East), side(router + 1, MeshPort::West), noc_.hop_cycles);
    wire(side(router + 1, MeshPort::West), side(router, MeshPort::East), noc_.hop_cycles);
  }
  if (router / mesh_.cols + 1 < mesh_.rows) {
    wire(side(router, MeshPort::South), side(router + mesh_.cols, MeshPort::North), noc_.hop_cycles);
    wire(side(router + mesh_.cols, MeshPort::North), side(router, MeshPort::South), noc_.hop_cycles);
  }
}

void MeshCore::inject(const Packet& packet, std::int64_t cycle) {
  const int tiles = mesh_.tiles();
  require(packet.src >= 0 && packet.src < tiles && packet.dst >= 0 && packet.dst < tiles,
          "packet from tile " + std::to_string(packet.src) + " to " + std::to_string(packet.dst) +
              ": the mesh has tiles 0 to " + std::to_string(tiles - 1));
  require(packet.bytes >= 0, "packet of " + std::to_string(packet.bytes) + " bytes");
  // A tile's queue and the one link it feeds have the same number; its flits wait there ready to go.
  const int queue = id(packet.src, packet.src == packet.dst ? MeshPort::Loopback : MeshPort::Inject);
  const int flits = packet_flits(packet.bytes, noc_);
  const int leg = new_leg(packet, flits, queue, cycle);
  runs_.append(legs_[at(leg)].arriving, {cycle, flits});
  append(queue, leg);
  events_.push({cycle, queue, false});
  ++counters_.packets;
  counters_.flits += static_cast<std::uint64_t>(flits);
}

std::span<const Packet> MeshCore::advance(std::int64_t cycle) {
  delivered_.clear();
  while (!events_.empty() && events_.top().cycle <= cycle) {
    const Event event = events_.top();
    assert(event.cycle == cycle);
    events_.pop();
    ++counters_.events;
    event.leaving ? tail_left(event.index, cycle) : head_arrived(event.index, cycle);
  }
  for (const int link : marked_) decide(link, cycle);
  marked_.clear();
  counters_.delivered += delivered_.size();
  return delivered_;  // in a fixed order, since events of a cycle come by link number
}

void MeshCore::head_arrived(int queue, std::int64_t now) {
  const Queue& q = queues_[at(queue)];
  if (!q.reading && q.first >= 0 && legs_[at(q.first)].head <= now) mark(legs_[at(q.first)].link);
}

void MeshCore::tail_left(int link, std::int64_t now) {
  Link& l = links_[at(link)];
  const int queue = l.reading, leg = queues_[at(queue)].first;
  if (l.target < 0) delivered_.push_back(legs_[at(leg)].packet);
  queues_[at(queue)].first = legs_[at(leg)].next;
  queues_[at(queue)].reading = false;
  free_legs_.push_back(leg);
  l.reading = l.sending = -1;
  head_arrived(queue, now);
  mark(link);
}

void MeshCore::decide(int link, std::int64_t now) {
  Link& l = links_[at(link)];
  l.marked = false;
  if (l.reading >= 0) return;
  const int queue = oldest(link, now);
  if (queue < 0) return;
  l.reading = queue;
  l.free_from = now;
  queues_[at(queue)].reading = true;
  able_.push_back(link);
  while (!able_.empty()) {
    const int next = able_.back();
    able_.pop_back();
    move_flits(next, now);
  }
}

int MeshCore::oldest(int link, std::int64_t now) const {
  const int own = link % ports_, base = link - own;
  const bool of_router = own < inputs_;
  const int from = of_router ? base : link, to = of_router ? base + inputs_ : link + 1;
  int best = -1;
  std::int64_t best_head = now + 1;
  for (int queue = from; queue < to; ++queue) {
    const Queue& q = queues_[at(queue)];
    if (q.reading || q.first < 0) continue;
    const Leg& leg = legs_[at(q.first)];
    if (leg.link != link || leg.head >= best_head) continue;
    best = queue;
    best_head = leg.head;
  }
  return best;
}

/// Sends what can be said now of the packet that has the link: its flits that are known to arrive, as far as
/// places for them are free or known to come back. More arrivals or places make it able again.
void MeshCore::move_flits(int link, std::int64_t now) {
  Link& l = links_[at(link)];
  if (l.reading < 0) return;
  const int index = queues_[at(l.reading)].first;
  while (legs_[at(index)].left > 0 && !legs_[at(index)].arriving.empty()) {
    const FlitRun& arriving = runs_.front(legs_[at(index)].arriving);
    FlitRun run{std::max(arriving.first, l.free_from), arriving.count};
    if (l.target >= 0) {
      while (!l.returning.empty() && runs_.front(l.returning).first <= now) {  // back by now
        const FlitRun& back = runs_.front(l.returning);
        const int places = static_cast<int>(std::min<std::int64_t>(back.count, now - back.first + 1));
        l.places += places;
        runs_.take(l.returning, places);
      }
      if (l.places > 0) {
        run.count = std::min(run.count, l.places);
        l.places -= run.count;
      } else {
        if (l.returning.empty()) return;
        run.first = std::max(run.first, runs_.front(l.returning).first);
        run.count = std::min(run.count, runs_.front(l.returning).count);
        runs_.take(l.returning, run.count);
      }
    }
    send(link, index, run);
  }
}

void MeshCore::send(int link, int index, FlitRun run) {
  Link& l = links_[at(link)];
  const int flits = legs_[at(index)].left;
  legs_[at(index)].left -= run.count;
  runs_.take(legs_[at(index)].arriving, run.count);
  l.free_from = run.first + run.count;
  l.busy += static_cast<std::uint64_t>(run.count);
  for (LinkObserver* observer : l.observers) observer->carries(legs_[at(index)].packet, run.first, run.count);
  if (link % ports_ < sides) counters_.flit_hops += static_cast<std::uint64_t>(run.count);
  if (const int feeder = queues_[at(l.reading)].feeder; feeder >= 0) {
    runs_.append(links_[at(feeder)].returning, {run.first + noc_.credit_cycles, run.count});
    able_.push_back(feeder);
  }
  if (l.target >= 0) {
    const std::int64_t arrival = run.first + l.latency;
    if (l.sending < 0) {  // with its head; from here on `flits` is the whole packet
      const Packet packet = legs_[at(index)].packet;
      l.sending = new_leg(packet, flits, route(l.target / ports_, packet.dst), arrival);
      append(l.target, l.sending);
      events_.push({arrival, l.target, false});
    }
    Leg& beyond = legs_[at(l.sending)];
    runs_.append(beyond.arriving, {arrival, run.count});
    if (queues_[at(l.target)].reading && queues_[at(l.target)].first == l.sending)
      able_.push_back(beyond.link);
  }
  if (legs_[at(index)].left == 0) events_.push({l.free_from, link, true});
}

int MeshCore::route(int router, int dst) const {
  const int to = dst / mesh_.concentration;
  const int dx = to % mesh_.cols - router % mesh_.cols;
  if (dx != 0) return id(router, static_cast<int>(dx > 0 ? MeshPort::East : MeshPort::West));
  if (to == router) return id(dst, MeshPort::Local);
  return id(router, static_cast<int>(to > router ? MeshPort::South : MeshPort::North));
}

void MeshCore::append(int queue, int leg) {
  Queue& q = queues_[at(queue)];
  if (q.first < 0)
    q.first = leg;
  else
    legs_[at(q.last)].next = leg;
  q.last = leg;
}

void MeshCore::mark(int link) {
  if (links_[at(link)].marked) return;
  links_[at(link)].marked = true;
  marked_.push_back(link);
}

int MeshCore::new_leg(const Packet& packet, int flits, int link, std::int64_t head) {
  if (free_legs_.empty()) {
    free_legs_.push_back(static_cast<int>(legs_.size()));
    legs_.emplace_back();
  }
  const int leg = free_legs_.back();
  free_legs_.pop_back();
  legs_[at(leg)] = {.packet = packet, .link = link, .left = flits, .head = head, .arriving = {}, .next = -1};
  return leg;
}

void MeshCore::observe(int tile, MeshPort port, LinkObserver& observer) {
  links_.at(at(id(tile, port))).observers.push_back(&observer);
}

std::uint64_t MeshCore::busy_cycles(int tile, MeshPort port) const {
  return links_.at(at(id(tile, port))).busy;
}

}  // namespace mimosa
