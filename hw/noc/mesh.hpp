// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <systemc>
#include <vector>

#include "hw/noc/mesh_core.hpp"
#include "hw/noc/packet.hpp"
#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// Gets packets at a tile.
struct PacketSink {
  virtual void deliver(const Packet& packet) = 0;
  virtual ~PacketSink() = default;
};

/// The chip's network on SystemC time: one method, woken only when something happens in `MeshCore`, which
/// defines timing, arbitration and counters. All times are multiples of `cycle`; see
/// `unloaded_latency_cycles` for the latency of an empty mesh. Results do not depend on the order or delta in
/// which tiles inject within an instant, only on the order of calls of one tile.
class Mesh : public sc_core::sc_module {
 public:
  /// Throws std::invalid_argument for a zero cycle or a spec outside its limits.
  Mesh(const sc_core::sc_module_name& name, const MeshSpec& mesh, const NocSpec& noc,
       const sc_core::sc_time& cycle);

  /// Names the receiver of a tile's packets, once per tile, before any packet goes there.
  void connect(int tile, PacketSink& sink);
  /// Queues a packet at its source tile's injection port (unbounded; the tile's own credits bound it).
  /// Between clock edges it waits for the next one. Throws std::invalid_argument: unknown or unconnected
  /// tile. May be called from `deliver`, by sources at the same instant too.
  void inject(const Packet& packet);

  /// Has somebody hear what a link carries, from now on; it outlives the mesh.
  void observe(int tile, MeshPort link, LinkObserver& observer) { core_.observe(tile, link, observer); }
  [[nodiscard]] const MeshCounters& counters() const { return core_.counters(); }
  /// Bits times links between routers: what `energy_pj_per_bit_hop` is paid for. Whole flits move.
  [[nodiscard]] std::uint64_t bit_hops() const;
  /// Time in which flits were on a link; over the run time it is the utilisation.
  [[nodiscard]] sc_core::sc_time busy_time(int tile, MeshPort link) const;
  /// Times the SystemC kernel ran the method: the cost of the mesh to the simulator beside its events.
  [[nodiscard]] std::uint64_t activations() const { return activations_; }

 private:
  SC_HAS_PROCESS(Mesh);
  void run();
  void schedule();
  [[nodiscard]] sc_core::sc_time in_cycles(std::uint64_t cycles) const;

  const sc_core::sc_time cycle_;
  const int flit_bytes_;
  MeshCore core_;
  std::vector<PacketSink*> sinks_;
  sc_core::sc_event wake_{"wake"};
  std::uint64_t activations_ = 0;
};

}  // namespace mimosa
