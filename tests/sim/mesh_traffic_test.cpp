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

// Uniform traffic on a k x k mesh at a share of the bisection bound: half of all flits cross the 2 k links in
// the middle, so a tile gets at most 4 / k flits per cycle through (Dally and Towles, Principles and
// Practices, ch. 5).
constexpr int k = 8, packet_flits_used = 4;
constexpr double bound = 4.0 / k;

struct LoadPoint {
  double mean_latency = 0.0;  ///< cycles, of packets injected in the first half that have arrived
  double accepted = 0.0;      ///< flits per cycle and tile in the second half
};
LoadPoint measure(double load) {
  constexpr std::int64_t cycles = 6000;
  const MeshSpec shape{.rows = k, .cols = k};
  const NocSpec noc{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = 16};
  const auto schedule =
      uniform_traffic(shape, cycles, load * bound / packet_flits_used, {packet_flits_used * 32}, 11);
  MeshBench bench(shape, noc, schedule);
  bench.run_cycles(cycles);
  LoadPoint point;
  int early = 0, late = 0;
  for (const Timed& arrival : bench.arrivals) {
    const std::int64_t injected = schedule[arrival.packet.tag].cycle;
    if (arrival.cycle > cycles / 2) ++late;
    if (injected > cycles / 2) continue;
    ++early;
    point.mean_latency += static_cast<double>(arrival.cycle - injected);
  }
  point.mean_latency /= early;
  point.accepted = late * packet_flits_used / (cycles / 2.0 * k * k);
  return point;
}

}  // namespace

TEST_CASE("the mesh delivers in the same cycles as a flit-by-flit model of it", "[noc][timing]") {
  const int hop_cycles = GENERATE(1, 2, 5);
  const int buffer_flits = GENERATE(8, 9, 20);
  const double rate = GENERATE(0.02, 0.15);  // of up to 8 flits: light, and far beyond saturation
  const NocSpec noc{.flit_bytes = 16, .hop_cycles = hop_cycles, .buffer_flits = buffer_flits};
  const auto schedule = uniform_traffic(four_by_four, 400, rate, {0, 16, 40, 100, 128}, 5);
  CAPTURE(hop_cycles, buffer_flits, rate);
  MeshBench bench(four_by_four, noc, schedule);
  bench.run();
  CHECK(cycles_by_tag(bench.arrivals, schedule.size()) == reference_deliveries(four_by_four, noc, schedule));
}

TEST_CASE("the mesh agrees with the flit-by-flit model where it is not square", "[noc][timing]") {
  const auto [rows, cols] = GENERATE(std::pair(1, 6), std::pair(5, 1), std::pair(2, 5), std::pair(1, 1));
  const MeshSpec shape{.rows = rows, .cols = cols};
  const NocSpec noc{.flit_bytes = 16, .hop_cycles = 2, .buffer_flits = 8};
  const auto schedule = uniform_traffic(shape, 500, 0.2, {16, 128}, 6);
  MeshBench bench(shape, noc, schedule);
  bench.run();
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
  CHECK(bench.mesh.max_occupancy() == 4);
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

TEST_CASE("latency rises with load to a knee and throughput stays below the bisection bound",
          "[noc][shape]") {
  double unloaded = 0.0;
  const MeshSpec shape{.rows = k, .cols = k};
  for (int src = 0; src < k * k; ++src)
    for (int dst = 0; dst < k * k; ++dst)
      unloaded += unloaded_latency_cycles({src, dst, packet_flits_used * 32, 0}, shape, NocSpec{}) /
                  double(k * k * k * k);
  const LoadPoint low = measure(0.1), middle = measure(0.4), high = measure(0.6), beyond = measure(1.5);
  CAPTURE(unloaded, low.mean_latency, middle.mean_latency, high.mean_latency, beyond.mean_latency);
  CAPTURE(low.accepted, middle.accepted, high.accepted, beyond.accepted);
  CHECK(low.mean_latency > unloaded);
  CHECK(low.mean_latency < 1.2 * unloaded);
  CHECK(middle.mean_latency > low.mean_latency);
  CHECK(high.mean_latency > middle.mean_latency);
  CHECK(beyond.mean_latency > 10 * unloaded);
  CHECK(middle.accepted == Approx(0.4 * bound).epsilon(0.05));  // below the knee all that is offered
  CHECK(beyond.accepted < bound);
  CHECK(beyond.accepted > 0.5 * bound);
}
