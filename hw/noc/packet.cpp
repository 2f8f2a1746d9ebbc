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
  const auto full = static_cast<std::int64_t>(std::max(1, noc.buffer_flits / 2)) * noc.flit_bytes;
  std::vector<int> packets(static_cast<std::size_t>(bytes / full),
                           static_cast<int>(std::min<std::int64_t>(full, bytes)));
  if (bytes % full != 0) packets.push_back(static_cast<int>(bytes % full));
  return packets;
}

int unloaded_latency_cycles(const Packet& packet, const MeshSpec& mesh, const NocSpec& noc) {
  const int flits = packet_flits(packet.bytes, noc);
  if (packet.src == packet.dst) return flits;
  return 1 + mesh_hops(packet.src, packet.dst, mesh) * noc.hop_cycles + 1 + flits - 1;
}

}  // namespace mimosa
