// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/sim/mesh_bench.hpp"
#include "tests/sim/mesh_reference.hpp"

using namespace mimosa;

namespace {

const MeshSpec four_by_four{.rows = 4, .cols = 4};

std::vector<std::int64_t> cycles_by_tag(const std::vector<Timed>& arrivals, std::size_t packets) {
  std::vector<std::int64_t> cycles(packets, -1);
  for (const Timed& arrival : arrivals) cycles.at(arrival.packet.tag) = arrival.cycle;
  return cycles;
}

// Every packet once, unchanged, at its tile, and per pair of tiles in the order sent.
void check_conserved(const MeshBench& bench, const std::vector<Timed>& schedule) {
  REQUIRE(bench.arrivals.size() == schedule.size());
  CHECK(bench.misrouted == 0);
  CHECK(bench.off_grid == 0);
  std::vector<int> times(schedule.size(), 0);
  std::map<std::pair<int, int>, std::int64_t> last;
  bool in_order = true, unchanged = true;
  for (const Timed& arrival : bench.arrivals) {
    const Packet& p = arrival.packet;
    ++times.at(p.tag);
    unchanged = unchanged && p == schedule[p.tag].packet;
    std::int64_t& before = last.try_emplace({p.src, p.dst}, -1).first->second;
    in_order = in_order && before < static_cast<std::int64_t>(p.tag);
    before = static_cast<std::int64_t>(p.tag);
  }
  CHECK(in_order);
  CHECK(unchanged);
  CHECK(std::all_of(times.begin(), times.end(), [](int n) { return n == 1; }));
}

}  // namespace

TEST_CASE("the mesh delivers in the same cycles as a flit-by-flit model of it", "[noc][timing]") {
  const int hop_cycles = GENERATE(1, 2, 5);
  const int buffer_flits = GENERATE(1, 3, 8, 20);
  const double rate = GENERATE(0.02, 0.15);  // of up to 8 flits: light, and far beyond saturation
  const NocSpec noc{.flit_bytes = 16, .hop_cycles = hop_cycles, .buffer_flits = buffer_flits};
  const auto schedule = uniform_traffic(four_by_four, 400, rate, {0, 16, 40, 100, 128}, 5);
  CAPTURE(hop_cycles, buffer_flits, rate);
  MeshBench bench(four_by_four, noc, schedule);
  bench.run();
  CHECK(cycles_by_tag(bench.arrivals, schedule.size()) == reference_deliveries(four_by_four, noc, schedule));
}

TEST_CASE("the mesh equals the flit-by-flit model on random machines under random traffic", "[noc][timing]") {
  std::mt19937_64 random(GENERATE(range(0, 60)));
  const auto from = [&](int low, int high) {
    return low + static_cast<int>(random() % static_cast<std::uint64_t>(high - low + 1));
  };
  MeshSpec shape{.rows = from(1, 5), .cols = from(1, 5), .concentration = from(1, 3)};
  if (from(0, 1) == 1) shape.tile_count = from(1, shape.rows * shape.cols * shape.concentration);
  const NocSpec noc{.flit_bytes = 16,
                    .hop_cycles = from(1, 6),
                    .buffer_flits = from(0, 1) == 1 ? from(1, 6) : from(7, 40),
                    .credit_cycles = from(1, 4)};
  std::vector<int> sizes(static_cast<std::size_t>(from(1, 4)));
  for (int& size : sizes) size = from(0, from(0, 3) == 0 ? 1600 : 200);  // up to 100 flits
  const double rate = 0.01 * from(1, 20);
  CAPTURE(shape.rows, shape.cols, shape.concentration, shape.tile_count, noc.hop_cycles, noc.buffer_flits,
          noc.credit_cycles, rate, sizes);
  const auto schedule = uniform_traffic(shape, 300, rate, sizes, random());
  MeshBench bench(shape, noc, schedule);
  bench.run();
  check_conserved(bench, schedule);
  CHECK(cycles_by_tag(bench.arrivals, schedule.size()) == reference_deliveries(shape, noc, schedule));
}

TEST_CASE("random traffic arrives once each, in order per pair of tiles", "[noc]") {
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = GENERATE(4, 64)};
  const auto schedule = uniform_traffic({.rows = 5, .cols = 7}, 1000, 0.1, {32, 64, 128}, 3);
  MeshBench bench({.rows = 5, .cols = 7}, noc, schedule);
  bench.run();
  check_conserved(bench, schedule);
  std::uint64_t flit_hops = 0, flits = 0, events = 0;
  for (const auto& [cycle, p] : schedule) {
    const auto n = static_cast<std::uint64_t>(packet_flits(p.bytes, noc));
    const auto hops = static_cast<std::uint64_t>(mesh_hops(p.src, p.dst, {.rows = 5, .cols = 7}));
    flits += n;
    flit_hops += n * hops;
    events += hops == 0 ? 2 : 4 + 2 * hops;
  }
  CHECK(bench.mesh.counters() == MeshCounters{.packets = schedule.size(),
                                              .flits = flits,
                                              .delivered = schedule.size(),
                                              .flit_hops = flit_hops,
                                              .events = events});
}

TEST_CASE("a hot spot fills buffers of one packet to the brim and no further", "[noc]") {
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = 4};
  auto schedule = uniform_traffic(four_by_four, 500, 0.2, {32, 128}, 9);
  for (Timed& t : schedule) t.packet.dst = 5;
  MeshBench bench(four_by_four, noc, schedule);
  bench.run();
  check_conserved(bench, schedule);
  // The tile takes a flit per cycle, so that is the least time for all that is not its own.
  std::int64_t flits = 0;
  for (const Timed& t : schedule) flits += t.packet.src == 5 ? 0 : packet_flits(t.packet.bytes, noc);
  CHECK(bench.mesh.busy_time(5, MeshPort::Local) == static_cast<double>(flits) * bench.cycle);
  CHECK(bench.arrivals.back().cycle > flits);
}

TEST_CASE("the order of tiles within an instant changes nothing", "[noc]") {
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = 8};
  auto schedule = uniform_traffic(four_by_four, 300, 0.15, {32, 128, 256}, 21);
  MeshBench reference(four_by_four, noc, schedule);
  reference.run();
  const bool spread_over_deltas = GENERATE(false, true);
  std::mt19937_64 random(4);
  for (int shuffle = 0; shuffle < 5; ++shuffle) {
    std::vector<std::uint64_t> rank(16);
    for (auto& r : rank) r = random();
    std::stable_sort(schedule.begin(), schedule.end(), [&](const Timed& a, const Timed& b) {
      return std::pair(a.cycle, rank[static_cast<std::size_t>(a.packet.src)]) <
             std::pair(b.cycle, rank[static_cast<std::size_t>(b.packet.src)]);
    });
    MeshBench bench(four_by_four, noc, schedule, spread_over_deltas);
    bench.run();
    CHECK(bench.arrivals == reference.arrivals);
    CHECK(bench.mesh.counters() == reference.mesh.counters());
  }
}
