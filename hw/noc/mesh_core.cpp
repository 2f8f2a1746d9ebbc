// SPDX-License-Identifier: Apache-2.0
#include "hw/noc/mesh_core.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <string>

namespace mimosa {
namespace {

constexpr int ports = 7;
constexpr int router_inputs = 5;  // North … Local

int id(int node, MeshPort port) {
  return node * ports + static_cast<int>(port);
}
MeshPort port_of(int id) {
  return static_cast<MeshPort>(id % ports);
}
bool between_routers(int link) {
  return port_of(link) < MeshPort::Local;
}
std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}
void require(bool ok, const std::string& message) {
  if (!ok) throw std::invalid_argument(message);
}

}  // namespace

MeshCore::MeshCore(const MeshSpec& mesh, const NocSpec& noc) : mesh_(mesh), noc_(noc) {
  require(mesh.rows >= 1 && mesh.cols >= 1, "mesh of " + std::to_string(mesh.rows) + " x " +
                                                std::to_string(mesh.cols) + " tiles; at least 1 x 1");
  require(noc.flit_bytes >= 1 && noc.hop_cycles >= 1 && noc.buffer_flits >= 1,
          "noc: flit_bytes, hop_cycles and buffer_flits must be at least 1, not " +
              std::to_string(noc.flit_bytes) + ", " + std::to_string(noc.hop_cycles) + " and " +
              std::to_string(noc.buffer_flits));
  const int nodes = mesh.rows * mesh.cols;
  queues_.resize(at(nodes * ports));
  links_.resize(at(nodes * ports));
  for (int node = 0; node < nodes; ++node) connect_neighbours(node);
}

void MeshCore::connect_neighbours(int node) {
  const auto wire = [this](int link, int queue, int latency) {
    links_[at(link)].target = queue;
    links_[at(link)].latency = latency;
    queues_[at(queue)].feeder = link;
  };
  wire(id(node, MeshPort::Inject), id(node, MeshPort::Local), 1);
  if (node % mesh_.cols + 1 < mesh_.cols) {
    wire(id(node, MeshPort::East), id(node + 1, MeshPort::West), noc_.hop_cycles);
    wire(id(node + 1, MeshPort::West), id(node, MeshPort::East), noc_.hop_cycles);
  }
  if (node / mesh_.cols + 1 < mesh_.rows) {
    wire(id(node, MeshPort::South), id(node + mesh_.cols, MeshPort::North), noc_.hop_cycles);
    wire(id(node + mesh_.cols, MeshPort::North), id(node, MeshPort::South), noc_.hop_cycles);
  }
}

void MeshCore::check(const Packet& packet) const {
  const int nodes = mesh_.rows * mesh_.cols;
  require(packet.src >= 0 && packet.src < nodes && packet.dst >= 0 && packet.dst < nodes,
          "packet from tile " + std::to_string(packet.src) + " to " + std::to_string(packet.dst) +
              ": the mesh has tiles 0 to " + std::to_string(nodes - 1));
  require(packet.bytes >= 0, "packet of " + std::to_string(packet.bytes) + " bytes");
  const int flits = packet_flits(packet.bytes, noc_);
  require(flits <= noc_.buffer_flits, "packet of " + std::to_string(packet.bytes) + " bytes takes " +
                                          std::to_string(flits) + " flits; a router buffer holds " +
                                          std::to_string(noc_.buffer_flits));
}

void MeshCore::inject(const Packet& packet, std::int64_t cycle) {
  check(packet);
  const MeshPort port = packet.src == packet.dst ? MeshPort::Loopback : MeshPort::Inject;
  const int queue = id(packet.src, port);
  const int slot = new_slot(packet);
  Waiting& waiting = slots_[at(slot)];
  waiting.head = cycle;
  waiting.link = queue;  // a tile's queue and the one link it feeds have the same number
  append(queue, slot);
  events_.push({cycle, queue, false});
  ++counters_.packets;
  counters_.flits += static_cast<std::uint64_t>(waiting.flits);
}

std::span<const Packet> MeshCore::advance(std::int64_t cycle) {
  delivered_.clear();
  while (!events_.empty() && events_.top().cycle <= cycle) {
    const Event event = events_.top();
    assert(event.cycle == cycle);
    events_.pop();
    ++counters_.events;
    event.leaving ? tail_left(event.index) : head_arrived(event.index, cycle);
  }
  for (const int link : marked_) decide(link, cycle);
  marked_.clear();
  counters_.delivered += delivered_.size();
  return delivered_;  // by tile, since events of a cycle come by link number
}

void MeshCore::head_arrived(int queue, std::int64_t now) {
  const Queue& q = queues_[at(queue)];
  if (!q.reading && q.first >= 0 && slots_[at(q.first)].head <= now) mark(slots_[at(q.first)].link);
}

void MeshCore::tail_left(int link) {
  Link& l = links_[at(link)];
  Queue& q = queues_[at(l.reading)];
  q.reading = false;
  if (q.feeder >= 0) {
    q.held -= l.flits;
    mark(q.feeder);
  }
  if (q.first >= 0) mark(slots_[at(q.first)].link);
  mark(link);
  l.reading = -1;
  if (l.crossing < 0) return;
  delivered_.push_back(slots_[at(l.crossing)].packet);
  free_slots_.push_back(l.crossing);
  l.crossing = -1;
}

void MeshCore::decide(int link, std::int64_t now) {
  Link& l = links_[at(link)];
  l.marked = false;
  if (l.reading >= 0) return;
  const int queue = oldest(link, now);
  if (queue < 0) return;
  const int flits = slots_[at(queues_[at(queue)].first)].flits;
  if (l.target < 0 || queues_[at(l.target)].held + flits <= noc_.buffer_flits) start(link, queue, now);
}

int MeshCore::oldest(int link, std::int64_t now) const {
  const int own = link % ports;
  const int base = link - own;
  const int from = own < router_inputs ? base : link;
  const int to = own < router_inputs ? base + router_inputs : link + 1;
  int best = -1;
  std::int64_t best_head = now + 1;
  for (int queue = from; queue < to; ++queue) {
    const Queue& q = queues_[at(queue)];
    if (q.reading || q.first < 0) continue;
    const Waiting& waiting = slots_[at(q.first)];
    if (waiting.link != link || waiting.head >= best_head) continue;
    best = queue;
    best_head = waiting.head;
  }
  return best;
}

void MeshCore::start(int link, int queue, std::int64_t now) {
  Link& l = links_[at(link)];
  Queue& q = queues_[at(queue)];
  const int slot = q.first;
  q.first = slots_[at(slot)].next;
  q.reading = true;
  l.reading = queue;
  l.flits = slots_[at(slot)].flits;
  l.busy += static_cast<std::uint64_t>(l.flits);
  if (between_routers(link)) counters_.flit_hops += static_cast<std::uint64_t>(l.flits);
  events_.push({now + l.flits, link, true});
  if (l.target < 0)
    l.crossing = slot;
  else
    hold(l.target, slot, now + l.latency);
}

void MeshCore::hold(int queue, int slot, std::int64_t head) {
  Queue& q = queues_[at(queue)];
  Waiting& waiting = slots_[at(slot)];
  q.held += waiting.flits;
  assert(q.held <= noc_.buffer_flits);
  max_occupancy_ = std::max(max_occupancy_, q.held);
  waiting.head = head;
  waiting.link = route(queue / ports, waiting.packet.dst);
  append(queue, slot);
  events_.push({head, queue, false});
}

int MeshCore::route(int node, int dst) const {
  const int dx = dst % mesh_.cols - node % mesh_.cols;
  if (dx != 0) return id(node, dx > 0 ? MeshPort::East : MeshPort::West);
  if (dst == node) return id(node, MeshPort::Local);
  return id(node, dst > node ? MeshPort::South : MeshPort::North);
}

void MeshCore::append(int queue, int slot) {
  Queue& q = queues_[at(queue)];
  slots_[at(slot)].next = -1;
  if (q.first < 0)
    q.first = slot;
  else
    slots_[at(q.last)].next = slot;
  q.last = slot;
}

void MeshCore::mark(int link) {
  if (links_[at(link)].marked) return;
  links_[at(link)].marked = true;
  marked_.push_back(link);
}

int MeshCore::new_slot(const Packet& packet) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<int>(slots_.size()));
    slots_.emplace_back();
  }
  const int slot = free_slots_.back();
  free_slots_.pop_back();
  slots_[at(slot)].packet = packet;
  slots_[at(slot)].flits = packet_flits(packet.bytes, noc_);
  return slot;
}

std::uint64_t MeshCore::busy_cycles(int tile, MeshPort port) const {
  return links_.at(at(id(tile, port))).busy;
}

}  // namespace mimosa
