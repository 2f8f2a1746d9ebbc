// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <queue>
#include <span>
#include <tuple>
#include <vector>

#include "hw/noc/flit_runs.hpp"
#include "hw/noc/link_observer.hpp"
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

/// The mesh in plain C++ and integer cycles: wormhole switching, XY routing, credits, no virtual channels;
/// the rules and why they are so stand in docs/network_on_chip.md. In short: a link belongs to one packet
/// from head to tail; in every cycle it moves the next flit if that is here and the next input has a place
/// for it; of several heads the one that waits longest in this router gets the link, at equal times by input
/// N, E, S, W, then tiles.
///
/// It is driven by events, a packet over H hops between two tiles costs 4 + 2 H (2 to its own tile), and
/// nothing is visited while nothing happens. Exact for every flit nevertheless: once a packet has a link, the
/// times of its flits follow from times already known (arrivals, places given back), each a run of
/// consecutive cycles, so flits move by runs and only heads and tails, which decide something, are events.
///
/// The outcome of a cycle depends on no order within it: a link looks only at heads that arrived in it or
/// before, and whatever a decision leads to happens a cycle later or more.
class MeshCore {
 public:
  static constexpr std::int64_t idle = std::numeric_limits<std::int64_t>::max();

  MeshCore(const MeshSpec& mesh, const NocSpec& noc);

  /// Queues a packet at its source tile from `cycle` on (not before the last advance). Packets of one tile
  /// leave in the order of these calls. Throws std::invalid_argument: no such tile, negative size.
  void inject(const Packet& packet, std::int64_t cycle);
  /// The next cycle at which something happens; `idle` if nothing will.
  [[nodiscard]] std::int64_t next_cycle() const { return events_.empty() ? idle : events_.top().cycle; }
  /// Everything that happens in `cycle` (none may be skipped; more than once in a cycle after more
  /// injections). Returns the packets whose tail has reached their tile, in an order that depends on no call
  /// of `inject`; valid until the next call.
  std::span<const Packet> advance(std::int64_t cycle);

  [[nodiscard]] const MeshCounters& counters() const { return counters_; }
  /// Has somebody hear what a link carries, from now on; it outlives the mesh.
  void observe(int tile, MeshPort port, LinkObserver& observer);
  /// Cycles in which a flit is on the link, counted as soon as they are certain. North to West: of the tile's
  /// router.
  [[nodiscard]] std::uint64_t busy_cycles(int tile, MeshPort port) const;

 private:
  /// A packet in one input queue, from the arrival of its head to the departure of its tail.
  struct Leg {
    Packet packet;
    int link = 0;               ///< that it needs next
    int left = 0;               ///< flits that have not been sent on
    std::int64_t head = 0;      ///< cycle its head is here
    FlitRuns::List arriving{};  ///< of those, the ones whose arrival is certain
    int next = -1;
  };
  struct Queue {
    int first = -1, last = -1;  ///< list of legs
    int feeder = -1;            ///< link into it; none for queues of a tile
    bool reading = false;       ///< the first one has a link
  };
  struct Link {
    int target = -1;  ///< queue it fills; none for links to a tile
    int latency = 1;
    int reading = -1;            ///< queue whose first packet has this link
    int sending = -1;            ///< that packet's leg in the target
    int places = 0;              ///< free ones in the target
    FlitRuns::List returning{};  ///< places on their way back
    std::int64_t free_from = 0;  ///< cycle after the last flit
    bool marked = false;
    std::uint64_t busy = 0;
    std::vector<LinkObserver*> observers;
  };
  struct Event {
    std::int64_t cycle;
    int index;  ///< queue of an arrival, link of a departure
    bool leaving;
    friend bool operator>(const Event& a, const Event& b) {
      return std::tie(a.cycle, a.index, a.leaving) > std::tie(b.cycle, b.index, b.leaving);
    }
  };

  void wire(int link, int queue, int latency);
  void connect(int router);
  [[nodiscard]] int id(int router, int port) const { return router * ports_ + port; }
  [[nodiscard]] int id(int tile, MeshPort port) const;
  [[nodiscard]] int route(int router, int dst) const;
  void head_arrived(int queue, std::int64_t now);
  void tail_left(int link, std::int64_t now);
  void decide(int link, std::int64_t now);
  [[nodiscard]] int oldest(int link, std::int64_t now) const;
  void move_flits(int link, std::int64_t now);
  void send(int link, int leg, FlitRun run);
  void append(int queue, int leg);
  void mark(int link);
  [[nodiscard]] int new_leg(const Packet& packet, int flits, int link, std::int64_t head);

  const MeshSpec mesh_;
  const NocSpec noc_;
  const int ports_;   ///< links that leave a router and its tiles
  const int inputs_;  ///< input queues of a router
  std::vector<Queue> queues_;
  std::vector<Link> links_;
  std::vector<Leg> legs_;
  std::vector<int> free_legs_;
  FlitRuns runs_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::vector<int> marked_;  ///< links to decide in this cycle
  std::vector<int> able_;    ///< links that may move flits now
  std::vector<Packet> delivered_;
  MeshCounters counters_;
};

}  // namespace mimosa
