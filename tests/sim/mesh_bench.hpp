// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <random>
#include <systemc>
#include <utility>
#include <vector>

#include "hw/kernel/kernel.hpp"
#include "hw/noc/mesh.hpp"

namespace mimosa {

/// A packet and the cycle of its injection or delivery.
struct Timed {
  std::int64_t cycle = 0;
  Packet packet;
  friend bool operator==(const Timed&, const Timed&) = default;
};

/// Injects a schedule (ascending in time), each packet in the first delta of its instant or in one of its
/// own.
class TrafficSource : public sc_core::sc_module {
 public:
  TrafficSource(const sc_core::sc_module_name& name, Mesh& mesh, std::vector<Timed> schedule,
                bool spread_over_deltas)
      : sc_module(name), mesh_(mesh), schedule_(std::move(schedule)), spread_(spread_over_deltas) {
    SC_METHOD(run);
  }

 private:
  SC_HAS_PROCESS(TrafficSource);
  void run() {
    for (; next_ < schedule_.size(); ++next_) {
      const sc_core::sc_time due(static_cast<double>(schedule_[next_].cycle), sc_core::SC_NS);
      if (due > sc_core::sc_time_stamp()) return next_trigger(due - sc_core::sc_time_stamp());
      if (spread_ && !delayed_) {
        delayed_ = true;
        return next_trigger(sc_core::SC_ZERO_TIME);
      }
      delayed_ = false;
      mesh_.inject(schedule_[next_].packet);
    }
  }
  Mesh& mesh_;
  const std::vector<Timed> schedule_;
  const bool spread_;
  bool delayed_ = false;
  std::size_t next_ = 0;
};

/// A mesh with a clock of 1 ns whose tiles write down what they get.
struct MeshBench {
  ScopedKernel kernel;
  const sc_core::sc_time cycle{1, sc_core::SC_NS};
  Mesh mesh;
  TrafficSource source;
  std::vector<Timed> arrivals;  ///< in the order of the calls
  int misrouted = 0;            ///< at another tile than their destination
  int off_grid = 0;             ///< between clock edges

  MeshBench(const MeshSpec& shape, const NocSpec& noc, std::vector<Timed> schedule = {},
            bool spread_over_deltas = false)
      : mesh("mesh", shape, noc, cycle), source("source", mesh, std::move(schedule), spread_over_deltas) {
    const int tiles = shape.tiles();
    sinks_.reserve(static_cast<std::size_t>(tiles));
    for (int tile = 0; tile < tiles; ++tile) {
      sinks_.emplace_back(*this, tile);
      mesh.connect(tile, sinks_.back());
    }
  }
  MeshBench(const MeshBench&) = delete;
  MeshBench& operator=(const MeshBench&) = delete;

  /// The last cycle included, which sc_start leaves to the next call.
  void run_cycles(std::int64_t cycles) {
    sc_core::sc_start(static_cast<double>(cycles) * cycle);
    while (sc_core::sc_pending_activity_at_current_time()) sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  /// Until nothing is left to do.
  void run() { sc_core::sc_start(); }

 private:
  struct Sink : PacketSink {
    Sink(MeshBench& owner, int own_tile) : bench(owner), tile(own_tile) {}
    void deliver(const Packet& packet) override {
      const std::uint64_t now = sc_core::sc_time_stamp().value(), edge = bench.cycle.value();
      if (packet.dst != tile) ++bench.misrouted;
      if (now % edge != 0) ++bench.off_grid;
      bench.arrivals.push_back({static_cast<std::int64_t>(now / edge), packet});
    }
    MeshBench& bench;
    int tile;
  };
  std::vector<Sink> sinks_;
};

/// Random packets for `cycles` cycles: each tile sends one per cycle with probability `rate` to a tile drawn
/// uniformly, `sizes` (bytes) likewise. Tags count from 0. The same everywhere: only raw words of the
/// generator.
inline std::vector<Timed> uniform_traffic(const MeshSpec& shape, std::int64_t cycles, double rate,
                                          const std::vector<int>& sizes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&random](std::size_t n) { return static_cast<int>((random() >> 32) * n >> 32); };
  const int tiles = shape.tiles();
  std::vector<Timed> schedule;
  for (std::int64_t cycle = 0; cycle < cycles; ++cycle)
    for (int src = 0; src < tiles; ++src) {
      if (static_cast<double>(random() >> 11) * 0x1p-53 >= rate) continue;
      const int dst = below(static_cast<std::size_t>(tiles));
      const int bytes = sizes[static_cast<std::size_t>(below(sizes.size()))];
      schedule.push_back({cycle, {src, dst, bytes, schedule.size()}});
    }
  return schedule;
}

}  // namespace mimosa
