// SPDX-License-Identifier: Apache-2.0
#include "hw/noc/mesh.hpp"

#include <stdexcept>
#include <string>

namespace mimosa {

Mesh::Mesh(const sc_core::sc_module_name& name, const MeshSpec& mesh, const NocSpec& noc,
           const sc_core::sc_time& cycle)
    : sc_module(name),
      cycle_(cycle),
      flit_bytes_(noc.flit_bytes),
      core_(mesh, noc),
      sinks_(static_cast<std::size_t>(mesh.tiles()), nullptr) {
  if (cycle == sc_core::SC_ZERO_TIME)
    throw std::invalid_argument("mesh: the clock cycle must be longer than 0");
  SC_METHOD(run);
  sensitive << wake_;
  dont_initialize();
}

void Mesh::connect(int tile, PacketSink& sink) {
  if (tile < 0 || static_cast<std::size_t>(tile) >= sinks_.size())
    throw std::invalid_argument("mesh: no tile " + std::to_string(tile) + "; there are " +
                                std::to_string(sinks_.size()));
  PacketSink*& place = sinks_[static_cast<std::size_t>(tile)];
  if (place != nullptr)
    throw std::invalid_argument("mesh: tile " + std::to_string(tile) + " is connected twice");
  place = &sink;
}

void Mesh::inject(const Packet& packet) {
  const auto dst = static_cast<std::size_t>(packet.dst);
  if (dst < sinks_.size() && sinks_[dst] == nullptr)
    throw std::invalid_argument("mesh: packet to tile " + std::to_string(packet.dst) +
                                ", which is not connected");
  const auto now = sc_core::sc_time_stamp().value();
  const auto cycle = cycle_.value();
  core_.inject(packet, static_cast<std::int64_t>((now + cycle - 1) / cycle));
  schedule();
}

void Mesh::run() {
  ++activations_;
  const auto now = static_cast<std::int64_t>(sc_core::sc_time_stamp().value() / cycle_.value());
  for (const Packet& packet : core_.advance(now))
    sinks_[static_cast<std::size_t>(packet.dst)]->deliver(packet);
  schedule();
}

void Mesh::schedule() {
  const std::int64_t next = core_.next_cycle();
  if (next == MeshCore::idle) return;
  // An event keeps the earlier of two notifications; a delay of zero means the next delta.
  wake_.notify(in_cycles(static_cast<std::uint64_t>(next)) - sc_core::sc_time_stamp());
}

sc_core::sc_time Mesh::in_cycles(std::uint64_t cycles) const {
  return sc_core::sc_time::from_value(cycles * cycle_.value());
}

std::uint64_t Mesh::bit_hops() const {
  return counters().flit_hops * static_cast<std::uint64_t>(flit_bytes_) * 8;
}

sc_core::sc_time Mesh::busy_time(int tile, MeshPort link) const {
  return in_cycles(core_.busy_cycles(tile, link));
}

}  // namespace mimosa
