// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "hw/noc/packet.hpp"

namespace mimosa {

/// Hears what a link of the mesh carries. Links without one do nothing more.
class LinkObserver {
 public:
  virtual ~LinkObserver() = default;
  /// Flits of the packet occupy the link for `cycles` from cycle `now` on.
  virtual void carries(const Packet& packet, std::int64_t now, std::int64_t cycles) = 0;
};

}  // namespace mimosa
