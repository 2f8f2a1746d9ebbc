// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <vector>

#include "hw/spec/chip_spec.hpp"

namespace mimosa {

/// One message between tiles (numbered row by row); the payload is an index the sender and receiver
/// understand.
struct Packet {
  int src = 0, dst = 0;
  int bytes = 0;
  std::uint64_t tag = 0;

  friend bool operator==(const Packet&, const Packet&) = default;
};

/// Flits of one packet: its bytes in whole flits, one for an empty packet (a control message has a head too).
[[nodiscard]] int packet_flits(int bytes, const NocSpec& noc);

/// Sizes in bytes of the packets that carry a row: full ones of half a router buffer, then the rest. Two then
/// fit in a buffer, so one can arrive while the other leaves, and a stream runs at a flit per cycle as long
/// as half a buffer holds `hop_cycles` flits. Together they take no more flits than the row; none for an
/// empty row.
[[nodiscard]] std::vector<int> split_packets(int bytes, const NocSpec& noc);

/// Cycles from injection to delivery of the last flit in an empty mesh, F flits over H > 0 hops:
///   1 (injection) + H · hop_cycles + 1 (ejection) + F − 1 (the rest follows its head),
/// and 1 + F − 1 for a packet to its own tile.
[[nodiscard]] int unloaded_latency_cycles(const Packet& packet, const MeshSpec& mesh, const NocSpec& noc);

}  // namespace mimosa
