// SPDX-License-Identifier: Apache-2.0
// Latency and throughput under load against closed forms: unloaded latency, and the link that limits each
// pattern (Dally and Towles, Principles and Practices of Interconnection Networks, 2004, chapters 3 and 23).
#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/sim/mesh_bench.hpp"

using namespace mimosa;

namespace {

constexpr int k = 8, flits_used = 4, bytes_used = flits_used * 32;
const MeshSpec eight_by_eight{.rows = k, .cols = k};
const NocSpec short_buffers{.flit_bytes = 32, .hop_cycles = 2, .buffer_flits = 8};

struct LoadPoint {
  double latency = 0.0;                ///< mean, of packets injected in the first half that have arrived
  double accepted = 0.0;               ///< flits per cycle, all tiles together, in the second half
  std::vector<double> of_source = {};  ///< its share of them
};

LoadPoint measure(const MeshSpec& shape, const std::vector<Timed>& schedule, std::int64_t cycles) {
  MeshBench bench(shape, short_buffers, schedule);
  bench.run_cycles(cycles);
  LoadPoint point;
  point.of_source.resize(static_cast<std::size_t>(shape.tiles()));
  int early = 0, late = 0;
  for (const Timed& arrival : bench.arrivals) {
    const std::int64_t injected = schedule[arrival.packet.tag].cycle;
    if (arrival.cycle > cycles / 2) {
      ++late;
      point.of_source[static_cast<std::size_t>(arrival.packet.src)] += 1.0;
    }
    if (injected > cycles / 2) continue;
    ++early;
    point.latency += static_cast<double>(arrival.cycle - injected);
  }
  point.latency /= early;
  point.accepted = late * flits_used / (static_cast<double>(cycles) / 2.0);
  for (double& share : point.of_source) share /= late;
  return point;
}

/// Packets of four flits at `load` flits per cycle and tile, to where `to` sends a tile's packets; none where
/// it gives -1.
template <class To>
std::vector<Timed> pattern(std::int64_t cycles, double load, To to) {
  auto schedule = uniform_traffic(eight_by_eight, cycles, load / flits_used, {bytes_used}, 11);
  for (Timed& t : schedule) t.packet.dst = to(t.packet);
  std::erase_if(schedule, [](const Timed& t) { return t.packet.dst < 0; });
  for (std::size_t i = 0; i < schedule.size(); ++i) schedule[i].packet.tag = i;
  return schedule;
}

/// Mean latency of the same packets if each were alone.
double unloaded(const std::vector<Timed>& schedule) {
  double sum = 0.0;
  for (const Timed& t : schedule)
    sum += static_cast<double>(unloaded_latency_cycles(t.packet, eight_by_eight, short_buffers));
  return sum / static_cast<double>(schedule.size());
}

}  // namespace

TEST_CASE("every pair of tiles has its unloaded latency to the cycle", "[noc][timing]") {
  const MeshSpec shape = GENERATE(MeshSpec{.rows = 8, .cols = 8}, MeshSpec{.rows = 3, .cols = 5},
                                  MeshSpec{.rows = 3, .cols = 3, .concentration = 4, .tile_count = 34});
  const int bytes = GENERATE(0, 100, 1000);
  std::vector<Timed> schedule;
  for (int src = 0; src < shape.tiles(); ++src)
    for (int dst = 0; dst < shape.tiles(); ++dst)
      schedule.push_back(
          {200 * static_cast<std::int64_t>(schedule.size()), {src, dst, bytes, schedule.size()}});
  MeshBench bench(shape, short_buffers, schedule);
  bench.run();
  REQUIRE(bench.arrivals.size() == schedule.size());
  const std::int64_t flits = bytes == 0 ? 1 : (bytes + 31) / 32;
  for (const auto& [cycle, packet] : bench.arrivals) {
    const int a = packet.src / shape.concentration, b = packet.dst / shape.concentration;
    const int hops = std::abs(a / shape.cols - b / shape.cols) + std::abs(a % shape.cols - b % shape.cols);
    const std::int64_t latency = packet.src == packet.dst ? flits : 1 + 2 * hops + flits;
    REQUIRE(cycle - schedule[packet.tag].cycle == latency);
    REQUIRE(unloaded_latency_cycles(packet, shape, short_buffers) == latency);
  }
}

TEST_CASE("uniform traffic saturates below the bisection bound", "[noc][shape]") {
  // Half of all flits cross the middle, k links each way, a quarter of all each: k² · load / 4 ≤ k.
  constexpr double bound = 4.0 / k;
  constexpr std::int64_t cycles = 6000;
  const auto at_load = [&](double share) {
    return pattern(cycles, share * bound, [](const Packet& p) { return p.dst; });
  };
  const LoadPoint low = measure(eight_by_eight, at_load(0.05), cycles),
                  middle = measure(eight_by_eight, at_load(0.3), cycles),
                  high = measure(eight_by_eight, at_load(0.5), cycles),
                  beyond = measure(eight_by_eight, at_load(1.5), cycles);
  const double alone = unloaded(at_load(0.05));
  CAPTURE(alone, low.latency, middle.latency, high.latency, beyond.latency);
  CAPTURE(low.accepted, middle.accepted, high.accepted, beyond.accepted);
  CHECK(low.latency > alone);
  CHECK(low.latency < 1.1 * alone);
  CHECK(middle.latency > low.latency);
  CHECK(high.latency > middle.latency);
  CHECK(beyond.latency > 10 * alone);  // queues at the tiles grow without end
  CHECK(middle.accepted == Approx(0.3 * bound * k * k).epsilon(0.05));  // below the knee all that is offered
  CHECK(beyond.accepted < bound * k * k);
  CHECK(beyond.accepted > 0.5 * bound * k * k);
}

TEST_CASE("a hot spot saturates at the flit per cycle of its tile's port", "[noc][shape]") {
  constexpr std::int64_t cycles = 8000;
  constexpr int hot = 27, others = k * k - 1;
  const auto at_load = [&](double total) {
    return pattern(cycles, total / others, [](const Packet& p) { return p.src == hot ? -1 : hot; });
  };
  const LoadPoint low = measure(eight_by_eight, at_load(0.1), cycles),
                  high = measure(eight_by_eight, at_load(0.8), cycles),
                  beyond = measure(eight_by_eight, at_load(2.0), cycles);
  const double alone = unloaded(at_load(0.1));
  CAPTURE(alone, low.latency, high.latency, beyond.latency, low.accepted, high.accepted, beyond.accepted);
  CHECK(low.latency < 1.1 * alone);
  CHECK(high.latency > 1.1 * alone);
  CHECK(beyond.latency > 10 * alone);
  CHECK(high.accepted == Approx(0.8).epsilon(0.1));
  CHECK(beyond.accepted == 1.0);  // exactly: the port never waits
}

TEST_CASE("neighbour traffic moves a flit per cycle over every link and not more", "[noc][shape]") {
  constexpr std::int64_t cycles = 4000;
  constexpr int senders = k * (k - 1);
  const auto at_load = [&](double load) {
    return pattern(cycles, load, [](const Packet& p) { return p.src % k + 1 < k ? p.src + 1 : -1; });
  };
  const LoadPoint low = measure(eight_by_eight, at_load(0.05), cycles),
                  high = measure(eight_by_eight, at_load(0.8), cycles),
                  beyond = measure(eight_by_eight, at_load(2.0), cycles);
  const double alone = unloaded(at_load(0.05));
  CHECK(alone == 1 + 2 + 1 + flits_used - 1);
  CHECK(low.latency < 1.1 * alone);
  CHECK(high.latency > low.latency);
  CHECK(high.accepted == Approx(0.8 * senders).epsilon(0.03));
  CHECK(beyond.accepted == senders);
  // Paced just below the bound, a packet never meets another: everyone's latency is the unloaded one.
  std::vector<Timed> paced;
  for (std::int64_t cycle = 0; cycle < cycles; cycle += flits_used)
    for (int src = 0; src < k * k; ++src)
      if (src % k + 1 < k) paced.push_back({cycle, {src, src + 1, bytes_used, paced.size()}});
  CHECK(measure(eight_by_eight, paced, cycles).latency == alone);
}

TEST_CASE("arbitration is fair to packets at one router, so that every merge halves what came before",
          "[noc][shape]") {
  // All of a line sends to tile 0. At each router the stream from beyond and the tile's own take turns:
  // shares of 1/2, 1/4, 1/8 and, for the last two, equal ones ("parking lot", Dally and Towles, 15.4.1).
  constexpr std::int64_t cycles = 20000;
  std::vector<Timed> schedule;
  for (std::int64_t cycle = 0; cycle < cycles; cycle += flits_used)
    for (int src = 1; src < 5; ++src) schedule.push_back({cycle, {src, 0, bytes_used, schedule.size()}});
  const LoadPoint point = measure({.rows = 1, .cols = 5}, schedule, cycles);
  CHECK(point.accepted == 1.0);
  CHECK(point.of_source[1] == Approx(1.0 / 2).epsilon(0.01));
  CHECK(point.of_source[2] == Approx(1.0 / 4).epsilon(0.01));
  CHECK(point.of_source[3] == Approx(1.0 / 8).epsilon(0.01));
  CHECK(point.of_source[4] == Approx(1.0 / 8).epsilon(0.01));
}
