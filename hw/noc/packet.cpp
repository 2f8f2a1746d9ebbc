// SPDX-License-Identifier: Apache-2.0
#include "hw/noc/packet.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace mimosa {

int packet_flits(int bytes, const NocSpec& noc) {
  return bytes <= 0 ? 1 : (bytes - 1) / noc.flit_bytes + 1;
}

std::vector<int> split_packets(int bytes, const NocSpec& noc) {
  if (bytes < 0) throw std::invalid_argument("split_packets: a row of " + std::to_string(bytes) + " bytes");
  const std::int64_t full = static_cast<std::int64_t>(noc.packet_flits) * noc.flit_bytes;
  std::vector<int> packets(static_cast<std::size_t>(bytes / full),
                           static_cast<int>(std::min<std::int64_t>(full, bytes)));
  if (bytes % full != 0) packets.push_back(static_cast<int>(bytes % full));
  return packets;
}

std::int64_t unloaded_latency_cycles(const Packet& packet, const MeshSpec& mesh, const NocSpec& noc) {
  const std::int64_t flits = packet_flits(packet.bytes, noc);
  if (packet.src == packet.dst) return flits;
  const std::int64_t hops = mesh_hops(packet.src, packet.dst, mesh);
  const std::int64_t round_trip = (hops > 0 ? noc.hop_cycles : 1) + noc.credit_cycles;
  const std::int64_t buffer = noc.buffer_flits, behind = flits - 1;
  return 1 + hops * noc.hop_cycles + 1 +
         (buffer >= round_trip ? behind : behind / buffer * round_trip + behind % buffer);
}

}  // namespace mimosa
