// SPDX-License-Identifier: Apache-2.0
#include <numeric>
#include <stdexcept>
#include <systemc>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/sim/mesh_bench.hpp"

using namespace mimosa;
using Catch::Matchers::Contains;

namespace {

const MeshSpec three_by_three{.rows = 3, .cols = 3};

// Closed form written out from coordinates.
std::int64_t expected_latency(int src, int dst, int cols, int flits, int hop_cycles) {
  const int hops = std::abs(src / cols - dst / cols) + std::abs(src % cols - dst % cols);
  return hops == 0 ? flits : 1 + hops * hop_cycles + flits;
}

void check_tight(const NocSpec& noc, int src, int dst, int bytes, int flits) {
  const Packet packet{src, dst, bytes, 7};
  const std::int64_t latency = expected_latency(src, dst, 3, flits, noc.hop_cycles);
  CAPTURE(src, dst, bytes, noc.hop_cycles, latency);
  CHECK(unloaded_latency_cycles(packet, three_by_three, noc) == latency);
  MeshBench bench(three_by_three, noc);
  bench.mesh.inject(packet);
  bench.run_cycles(latency - 1);
  CHECK(bench.arrivals.empty());
  bench.run_cycles(1);
  CHECK(bench.arrivals == std::vector<Timed>{{latency, packet}});
  CHECK(bench.misrouted == 0);
}

// Delivery cycles of a schedule by tag.
std::vector<std::int64_t> deliveries(const MeshSpec& shape, const NocSpec& noc,
                                     const std::vector<Timed>& schedule) {
  MeshBench bench(shape, noc, schedule);
  bench.run();
  std::vector<std::int64_t> cycles(schedule.size(), -1);
  for (const Timed& arrival : bench.arrivals) cycles.at(arrival.packet.tag) = arrival.cycle;
  return cycles;
}

std::vector<Timed> stream(int src, int dst, int bytes, std::uint64_t packets) {
  std::vector<Timed> schedule;
  for (std::uint64_t tag = 0; tag < packets; ++tag) schedule.push_back({0, {src, dst, bytes, tag}});
  return schedule;
}

}  // namespace

TEST_CASE("a lone packet arrives at its unloaded latency and not a cycle earlier", "[noc][timing]") {
  const int hop_cycles = GENERATE(1, 2, 5);
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = hop_cycles, .buffer_flits = 64};
  for (int src = 0; src < 9; ++src)
    for (int dst = 0; dst < 9; ++dst)
      for (const auto& [bytes, flits] :
           std::vector<std::pair<int, int>>{{0, 1}, {32, 1}, {33, 2}, {2048, 64}})
        check_tight(noc, src, dst, bytes, flits);
}

TEST_CASE("of two packets that meet at a link the second is late by the flits of the first",
          "[noc][timing]") {
  const int flits = GENERATE(1, 2, 7);
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = 16};
  // From east and west to the centre of a 3 x 3 mesh, then both south.
  const auto cycles =
      deliveries(three_by_three, noc, {{0, {3, 7, flits * 32, 0}}, {0, {5, 7, flits * 32, 1}}});
  const std::int64_t alone = expected_latency(3, 7, 3, flits, 2);
  CHECK(cycles == std::vector<std::int64_t>{alone + flits, alone});  // East before West
}

TEST_CASE("heads that reach a link together go in the order north, east, south, west, local",
          "[noc][timing]") {
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 1, .buffer_flits = 16};
  // All four neighbours reach the router of tile 4 in cycle 2; its own packet to itself would not, so it goes
  // to 5.
  const auto cycles = deliveries(
      three_by_three, noc, {{0, {3, 4, 96, 0}}, {0, {7, 4, 96, 1}}, {0, {5, 4, 96, 2}}, {0, {1, 4, 96, 3}}});
  const std::int64_t alone = expected_latency(3, 4, 3, 3, 1);
  CHECK(cycles == std::vector<std::int64_t>{alone + 9, alone + 6, alone + 3, alone});
  // West and local at East: the tile's packet is injected a hop later, so that both heads are there in
  // cycle 2.
  const auto east = deliveries(three_by_three, noc, {{0, {3, 5, 96, 0}}, {1, {4, 5, 96, 1}}});
  CHECK(east == std::vector<std::int64_t>{1 + 2 + 3, 2 + 1 + 3 + 3});
}

TEST_CASE("a head that waits longer goes first whatever its input", "[noc][timing]") {
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = 32};
  // A packet from the west has South from cycle 3 to 19. Tile 4's own packet is in the router in cycle 4, the
  // northern one in cycle 6.
  const auto cycles =
      deliveries(three_by_three, noc, {{0, {3, 7, 512, 0}}, {3, {4, 7, 64, 1}}, {3, {1, 7, 64, 2}}});
  CHECK(cycles == std::vector<std::int64_t>{1 + 4 + 16, 21 + 2, 21 + 4});
}

TEST_CASE("a packet that is stalled half way keeps its link from a short one behind it", "[noc][timing]") {
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 1, .buffer_flits = 8};
  // 1 x 4 tiles, all to tile 2. Packet 0 ejects in cycles 2 to 9, so the 4 flits of packet 1 stay in the
  // western input from 10 to 13. Packet 2 (8 flits) has the link to there from cycle 5: four flits fit, the
  // others follow credits in 11 to 14, when it ejects (14 to 21). Packet 3 (1 flit) has waited since cycle 5.
  const auto cycles =
      deliveries({.rows = 1, .cols = 4}, noc,
                 {{0, {3, 2, 256, 0}}, {0, {1, 2, 128, 1}}, {0, {0, 2, 256, 2}}, {4, {1, 2, 32, 3}}});
  CHECK(cycles == std::vector<std::int64_t>{10, 14, 22, 23});
}

TEST_CASE("a lone packet occupies the links of its XY path only", "[noc]") {
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = 64};
  MeshBench bench(three_by_three, noc, {{0, {6, 2, 5 * 32 - 1, 0}}});
  bench.run();
  using enum MeshPort;
  const std::vector<std::pair<int, MeshPort>> path{{6, Inject}, {6, East},  {7, East},
                                                   {8, North},  {5, North}, {2, Local}};
  sc_core::sc_time total;
  for (int tile = 0; tile < 9; ++tile)
    for (const MeshPort port : {North, East, South, West, Local, Inject, Loopback})
      total += bench.mesh.busy_time(tile, port);
  for (const auto& [tile, port] : path) CHECK(bench.mesh.busy_time(tile, port) == 5 * bench.cycle);
  CHECK(total == 30 * bench.cycle);
  CHECK(bench.mesh.counters() ==
        MeshCounters{.packets = 1, .flits = 5, .delivered = 1, .flit_hops = 20, .events = 12});
  CHECK(bench.mesh.bit_hops() == 5120);  // 20 flits of 256 bits
}

TEST_CASE("a stream of short packets moves a flit per cycle over every link", "[noc][timing]") {
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 4, .buffer_flits = 8};
  const auto [link, step] = GENERATE(std::pair(MeshPort::North, -4), std::pair(MeshPort::East, 1),
                                     std::pair(MeshPort::South, 4), std::pair(MeshPort::West, -1));
  // Every tile of a 4 x 4 mesh streams to its neighbour on one side, if it has one.
  std::vector<int> senders;
  for (int tile = 0; tile < 16; ++tile)
    if (tile + step >= 0 && tile + step < 16 && (tile / 4 == (tile + step) / 4 || step % 4 == 0))
      senders.push_back(tile);
  REQUIRE(senders.size() == 12);
  std::vector<Timed> schedule;
  for (const int tile : senders)
    for (const Timed& packet : stream(tile, tile + step, 128, 50)) schedule.push_back(packet);
  MeshBench bench({.rows = 4, .cols = 4}, noc, schedule);
  bench.run();
  CHECK(bench.arrivals.size() == 600);
  CHECK(bench.arrivals.back().cycle == 1 + 4 + 50 * 4);
  for (const int tile : senders) CHECK(bench.mesh.busy_time(tile, link) == 200 * bench.cycle);
}

TEST_CASE("a stream moves a buffer of flits per round trip of a credit, a flit per cycle at most",
          "[noc][timing]") {
  const int buffer = GENERATE(1, 2, 3, 4, 5, 6, 9), credit = GENERATE(1, 3), hop = GENERATE(1, 3);
  const int bytes = GENERATE(32, 96, 640);  // packets shorter and longer than the buffer
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = hop, .buffer_flits = buffer, .credit_cycles = credit};
  CAPTURE(buffer, credit, hop, bytes);
  const auto cycles = deliveries({.rows = 1, .cols = 4}, noc, stream(0, 3, bytes, 20));
  const int round_trip = hop + credit, last = 20 * bytes / 32 - 1;
  const int behind = buffer < round_trip ? last / buffer * round_trip + last % buffer : last;
  CHECK(cycles.back() == 1 + 3 * hop + 1 + behind);
}

TEST_CASE("a place is usable upstream when its credit is back and not a cycle earlier", "[noc][timing]") {
  const int credit = GENERATE(1, 2, 7);
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = 1, .credit_cycles = credit};
  MeshBench bench({.rows = 1, .cols = 2}, noc, stream(0, 1, 32, 2));
  // The first flit leaves the first router in cycle 1, is at the second in 3, leaves it at once; its place is
  // back in 3 + credit, when the second flit leaves: it is at the tile two hops and an ejection later.
  const std::int64_t second = 3 + credit + 2 + 1;
  bench.run_cycles(second - 1);
  CHECK(bench.arrivals.size() == 1);
  bench.run_cycles(1);
  CHECK(bench.arrivals.size() == 2);
}

TEST_CASE("packets to the own tile leave one after the other and use no mesh link", "[noc][timing]") {
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = 8};
  MeshBench bench(three_by_three, noc, stream(4, 4, 96, 10));
  bench.run();
  CHECK(bench.arrivals.size() == 10);
  CHECK(bench.arrivals.back().cycle == 30);
  CHECK(bench.mesh.counters().flit_hops == 0);
}

TEST_CASE("an idle mesh does nothing at all", "[noc]") {
  MeshBench bench({.rows = 16, .cols = 16}, NocSpec{});
  bench.run_cycles(1);  // the source's first and last activation
  const auto deltas = sc_core::sc_delta_count();
  CHECK_FALSE(sc_core::sc_pending_activity());
  bench.run_cycles(1000000);
  CHECK(sc_core::sc_delta_count() == deltas);
  bench.mesh.inject({0, 255, 64, 0});
  bench.run();
  CHECK(bench.mesh.counters().events == 4 + 2 * 30);
  CHECK_FALSE(sc_core::sc_pending_activity());
  CHECK(bench.mesh.activations() <= bench.mesh.counters().events);
}

TEST_CASE("a packet injected between clock edges waits for the next", "[noc][timing]") {
  MeshBench bench(three_by_three, NocSpec{});
  sc_core::sc_start(sc_core::sc_time(3500, sc_core::SC_PS));
  bench.mesh.inject({0, 1, 32, 0});
  bench.run();
  CHECK(bench.off_grid == 0);
  CHECK(bench.arrivals.at(0).cycle == 4 + 1 + 2 + 1);
}

TEST_CASE("a tile may answer from within deliver", "[noc][timing]") {
  struct Answer : PacketSink {
    Mesh* mesh = nullptr;
    int left = 0;
    sc_core::sc_time last;
    void deliver(const Packet& p) override {
      last = sc_core::sc_time_stamp();
      if (left-- > 0) mesh->inject({p.dst, p.src, p.bytes, p.tag + 1});
    }
  };
  const ScopedKernel kernel;
  const sc_core::sc_time cycle(800, sc_core::SC_PS);
  const MeshSpec pair{.rows = 1, .cols = 2};
  Mesh mesh("mesh", pair, NocSpec{}, cycle);
  Answer a, b;
  a.mesh = b.mesh = &mesh;
  a.left = b.left = 50;
  mesh.connect(0, a);
  mesh.connect(1, b);
  mesh.inject({0, 1, 100, 0});
  sc_core::sc_start();
  CHECK(mesh.counters().delivered == 101);
  CHECK(b.last / cycle ==
        101.0 * static_cast<double>(unloaded_latency_cycles({0, 1, 100, 0}, pair, NocSpec{})));
}

TEST_CASE("a row splits into packets of the longest size and costs no extra flits", "[noc]") {
  const NocSpec noc{.flit_bytes = 32, .packet_flits = GENERATE(1, 2, 3, 64)};
  for (const int bytes : {0, 1, 31, 32, 33, 1023, 1024, 1025, 5000, 1000000}) {
    const std::vector<int> packets = split_packets(bytes, noc);
    int flits = 0;
    for (const int packet : packets) {
      CHECK(packet > 0);
      CHECK(packet_flits(packet, noc) <= noc.packet_flits);
      flits += packet_flits(packet, noc);
    }
    CHECK(std::accumulate(packets.begin(), packets.end(), 0) == bytes);
    CHECK(flits == (bytes + 31) / 32);
  }
  CHECK(split_packets(2500, NocSpec{.flit_bytes = 32, .packet_flits = 32}) ==
        std::vector<int>{1024, 1024, 452});
  CHECK_THROWS_WITH(split_packets(-1, noc), Contains("-1 bytes"));
}

TEST_CASE("what cannot be sent is refused with the numbers", "[noc][error]") {
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = 8};
  MeshBench bench(three_by_three, noc);
  CHECK_NOTHROW(bench.mesh.inject({0, 1, 257, 0}));  // a flit more than a buffer: a worm
  CHECK_THROWS_WITH(bench.mesh.inject({0, 9, 1, 0}), Contains("from tile 0 to 9") && Contains("0 to 8"));
  CHECK_THROWS_WITH(bench.mesh.inject({-1, 0, 1, 0}), Contains("from tile -1 to 0"));
  CHECK_THROWS_WITH(bench.mesh.inject({0, 1, -5, 0}), Contains("-5 bytes"));
  CHECK(bench.mesh.counters().packets == 1);
}

TEST_CASE("a mesh is checked when it is built and connected", "[noc][error]") {
  const ScopedKernel kernel;
  const sc_core::sc_time ns(1, sc_core::SC_NS);
  struct Null : PacketSink {
    void deliver(const Packet&) override {}
  } sink;
  CHECK_THROWS_WITH(Mesh("a", MeshSpec{.rows = 0, .cols = 3}, NocSpec{}, ns), Contains("0 x 3"));
  CHECK_THROWS_WITH(Mesh("b", MeshSpec{}, NocSpec{.hop_cycles = 0}, ns), Contains("32, 0, 64 and 1"));
  CHECK_THROWS_WITH(Mesh("c", MeshSpec{}, NocSpec{}, sc_core::SC_ZERO_TIME), Contains("cycle"));
  Mesh mesh("mesh", three_by_three, NocSpec{}, ns);
  CHECK_THROWS_WITH(mesh.inject({0, 2, 1, 0}), Contains("tile 2, which is not connected"));
  CHECK_THROWS_WITH(mesh.connect(9, sink), Contains("no tile 9; there are 9"));
  mesh.connect(0, sink);
  CHECK_THROWS_WITH(mesh.connect(0, sink), Contains("connected twice"));
}
