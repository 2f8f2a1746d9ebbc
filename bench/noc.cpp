// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <cstdint>
#include <random>
#include <systemc>
#include <vector>

#include "hw/kernel/kernel.hpp"
#include "hw/noc/mesh.hpp"

namespace mimosa {
namespace {

constexpr MeshSpec shape{.rows = 8, .cols = 8};
constexpr std::int64_t cycles = 20000;

struct Timed {
  std::int64_t cycle;
  Packet packet;
};

/// Each tile injects a packet of four flits per cycle with a probability of `per_thousand` / 1000, anywhere.
std::vector<Timed> uniform_traffic(std::uint64_t per_thousand) {
  std::mt19937_64 random(1);
  std::vector<Timed> schedule;
  for (std::int64_t cycle = 0; cycle < cycles; ++cycle)
    for (int src = 0; src < 64; ++src)
      if (random() % 1000 < per_thousand)
        schedule.push_back({cycle, {src, static_cast<int>(random() % 64), 128, schedule.size()}});
  if (schedule.empty()) schedule.push_back({cycles - 1, {0, 63, 128, 0}});
  return schedule;
}

struct Counter : PacketSink {
  std::uint64_t packets = 0;
  void deliver(const Packet&) override { ++packets; }
};

class Source : public sc_core::sc_module {
 public:
  Source(const sc_core::sc_module_name& name, Mesh& mesh, const std::vector<Timed>& schedule)
      : sc_module(name), mesh_(mesh), schedule_(schedule) {
    SC_METHOD(run);
  }

 private:
  SC_HAS_PROCESS(Source);
  void run() {
    for (; next_ < schedule_.size(); ++next_) {
      const sc_core::sc_time due(static_cast<double>(schedule_[next_].cycle), sc_core::SC_NS);
      if (due > sc_core::sc_time_stamp()) return next_trigger(due - sc_core::sc_time_stamp());
      mesh_.inject(schedule_[next_].packet);
    }
  }
  Mesh& mesh_;
  const std::vector<Timed>& schedule_;
  std::size_t next_ = 0;
};

/// Simulated cycles, router-cycles and packets per second of an 8 x 8 mesh; the argument is injections per
/// tile and 1000 cycles (one packet in all for 0: an idle mesh).
void mesh_uniform(benchmark::State& state) {
  const auto schedule = uniform_traffic(static_cast<std::uint64_t>(state.range(0)));
  std::uint64_t events = 0, activations = 0, packets = 0;
  for (auto _ : state) {
    const ScopedKernel kernel;
    Mesh mesh("mesh", shape, NocSpec{}, sc_core::sc_time(1, sc_core::SC_NS));
    Counter counter;
    for (int tile = 0; tile < 64; ++tile) mesh.connect(tile, counter);
    const Source source("source", mesh, schedule);
    sc_core::sc_start();
    packets += counter.packets;
    events += mesh.counters().events;
    activations += mesh.activations();
  }
  const auto rate = [](double total) { return benchmark::Counter(total, benchmark::Counter::kIsRate); };
  state.counters["packets/s"] = rate(static_cast<double>(packets));
  state.counters["cycles/s"] = rate(static_cast<double>(cycles) * static_cast<double>(state.iterations()));
  state.counters["router-cycles/s"] =
      rate(static_cast<double>(cycles * shape.routers()) * static_cast<double>(state.iterations()));
  state.counters["events/s"] = rate(static_cast<double>(events));
  state.counters["events/packet"] = static_cast<double>(events) / static_cast<double>(packets);
  state.counters["events/activation"] = static_cast<double>(events) / static_cast<double>(activations);
}
BENCHMARK(mesh_uniform)->Arg(0)->Arg(1)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mimosa
