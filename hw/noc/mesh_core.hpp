// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <queue>
#include <span>
#include <tuple>
#include <vector>

#include "hw/noc/packet.hpp"
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// A link that leaves a router or tile, and likewise the input queue on that side of a router: a packet going
/// east leaves through East and is queued at the next router's West.
enum class MeshPort {
  North,
  East,
  South,
  West,
  Local,    ///< link: ejection to the tile; queue: what the tile injected
  Inject,   ///< link from tile to router; its queue is the tile's own, unbounded
  Loopback  ///< link for packets to the own tile; its queue is unbounded too
};

/// Raw sums since construction.
struct MeshCounters {
  std::uint64_t packets = 0;    ///< accepted by inject
  std::uint64_t flits = 0;      ///< of these packets
  std::uint64_t delivered = 0;  ///< packets handed to their tile
  std::uint64_t flit_hops = 0;  ///< flits times links between routers
  std::uint64_t events = 0;     ///< heads that arrived and tails that left

  friend bool operator==(const MeshCounters&, const MeshCounters&) = default;
};

/// The mesh in plain C++ and integer cycles, driven by its events: nothing is visited while nothing happens,
/// and a packet over H > 0 hops costs 4 + 2 H events (2 to its own tile).
///
/// XY routing, virtual cut-through. A packet of F flits occupies each link on its way for F cycles; its head
/// reaches the next router `hop_cycles` later (a cycle on the links to and from a tile). It starts on a link
/// when its head is first in its input queue, the link is free, and the next input queue has room for all of
/// it; so it never stops half way. An input reads one packet at a time; when the tail has left, room and link
/// are free again, visible upstream at once (credits take no time).
///
/// Several heads at a free link: the one that waits longest in this router is first, at equal times by input
/// N, E, S, W, Local. Oldest first needs no state and starves nobody: whoever arrives later loses. The oldest
/// also keeps the link when it does not fit yet, else short packets would pass long ones forever.
///
/// Deadlock-free: XY orders all links without a cycle, a packet on a link already has its place behind it,
/// and tiles always accept. So a packet before the last link (ejection) moves, therefore one before the last
/// but one, …
///
/// The outcome of a cycle depends on no order within it: a link looks only at its own inputs and the one
/// queue it feeds, room given back in a cycle is known before links decide, and what a decision frees is free
/// F ≥ 1 cycles later.
class MeshCore {
 public:
  static constexpr std::int64_t idle = std::numeric_limits<std::int64_t>::max();

  MeshCore(const MeshSpec& mesh, const NocSpec& noc);

  /// Queues a packet at its source tile from `cycle` on (not before the last advance). Packets of one tile
  /// leave in the order of these calls. Throws std::invalid_argument: no such tile, or larger than a router
  /// buffer.
  void inject(const Packet& packet, std::int64_t cycle);
  /// The next cycle at which something happens; `idle` if nothing will.
  [[nodiscard]] std::int64_t next_cycle() const { return events_.empty() ? idle : events_.top().cycle; }
  /// Everything that happens in `cycle` (none may be skipped; more than once in a cycle after more
  /// injections). Returns the packets whose tail has reached their tile, by tile; valid until the next call.
  std::span<const Packet> advance(std::int64_t cycle);

  [[nodiscard]] const MeshCounters& counters() const { return counters_; }
  /// Cycles in which the link was occupied, each packet counted when it starts.
  [[nodiscard]] std::uint64_t busy_cycles(int tile, MeshPort port) const;
  /// Most flits any router input ever held or expected; at most `buffer_flits`.
  [[nodiscard]] int max_occupancy() const { return max_occupancy_; }

 private:
  struct Waiting {
    Packet packet;
    int flits = 0;
    int link = 0;           ///< that it needs next
    std::int64_t head = 0;  ///< cycle its head is here
    int next = -1;
  };
  struct Queue {
    int first = -1, last = -1;  ///< list in slots_
    int feeder = -1;            ///< link into it; none for queues of a tile
    int held = 0;               ///< flits in it or promised a place
    bool reading = false;       ///< a packet is leaving
  };
  struct Link {
    int target = -1;    ///< queue it fills; none for links to a tile
    int reading = -1;   ///< queue whose packet is crossing
    int crossing = -1;  ///< slot of a packet on its way to the tile
    int flits = 0;      ///< of the crossing packet
    int latency = 1;
    bool marked = false;
    std::uint64_t busy = 0;
  };
  struct Event {
    std::int64_t cycle;
    int index;  ///< queue of an arrival, link of a departure
    bool leaving;
    friend bool operator>(const Event& a, const Event& b) {
      return std::tie(a.cycle, a.index, a.leaving) > std::tie(b.cycle, b.index, b.leaving);
    }
  };

  void connect_neighbours(int node);
  void check(const Packet& packet) const;
  [[nodiscard]] int route(int node, int dst) const;
  void head_arrived(int queue, std::int64_t now);
  void tail_left(int link);
  void decide(int link, std::int64_t now);
  [[nodiscard]] int oldest(int link, std::int64_t now) const;
  void start(int link, int queue, std::int64_t now);
  void hold(int queue, int slot, std::int64_t head);
  void append(int queue, int slot);
  void mark(int link);
  [[nodiscard]] int new_slot(const Packet& packet);

  const MeshSpec mesh_;
  const NocSpec noc_;
  std::vector<Queue> queues_;
  std::vector<Link> links_;
  std::vector<Waiting> slots_;
  std::vector<int> free_slots_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<int> marked_;  ///< links to decide in this cycle
  std::vector<Packet> delivered_;
  MeshCounters counters_;
  int max_occupancy_ = 0;
};

}  // namespace mimosa
