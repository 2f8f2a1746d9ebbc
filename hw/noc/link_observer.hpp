// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "hw/noc/packet.hpp"

namespace mimosa {

/// Hears what a link of the mesh carries. Links without one do nothing more.
class LinkObserver {
 public:
  virtual ~LinkObserver() = default;
  /// Flits of the packet occupy the link for `cycles` from cycle `from` on, which may lie ahead: told as soon
  /// as it is certain, in the order of the link's cycles.
  virtual void carries(const Packet& packet, std::int64_t from, std::int64_t cycles) = 0;
};

}  // namespace mimosa
