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

/// Sizes in bytes of the packets that carry a row: as many full ones of `packet_flits` as fit, then the rest.
/// Together they take no more flits than the row; none for an empty row.
[[nodiscard]] std::vector<int> split_packets(int bytes, const NocSpec& noc);

/// Cycles from injection to delivery of the last flit in an empty mesh, F flits over H hops to another tile:
///   1 (injection) + H · hop_cycles + 1 (ejection) + F − 1 (the rest follows its head),
/// and F to the own tile. Where a buffer holds fewer flits than the R = hop_cycles + credit_cycles (H = 0:
/// 1 + credit_cycles) cycles that a place takes to come back, flits follow in groups of one buffer every R:
/// then F − 1 becomes ⌊(F − 1) / B⌋ · R + (F − 1) mod B.
[[nodiscard]] std::int64_t unloaded_latency_cycles(const Packet& packet, const MeshSpec& mesh,
                                                   const NocSpec& noc);

}  // namespace mimosa
