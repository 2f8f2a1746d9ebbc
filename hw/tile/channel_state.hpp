// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <systemc>
#include <vector>

#include "hw/noc/packet.hpp"
#include "hw/tile/observers.hpp"

namespace mimosa {

/// A channel while it runs: rows that have arrived, and the sender's free places.
struct ChannelState {
  std::vector<int> arrived;   ///< per reader: rows complete and not yet taken
  std::vector<int> returned;  ///< per reader: places it is done with and the sender has not been told of
  int credits = 0;            ///< places the sender may still fill
  sc_core::sc_event row_arrived, place_returned;
  std::vector<ChannelObserver*> observers;
};

/// What a packet says to the tile it reaches, in its tag: part of a channel's row, or places given back.
struct Message {
  enum class Kind : std::uint64_t { RowPart, RowEnd, Credit };
  Kind kind = Kind::RowPart;
  int channel = 0;
  int places = 0;  ///< credit only

  [[nodiscard]] std::uint64_t tag() const {
    return static_cast<std::uint64_t>(channel) << 32 | static_cast<std::uint64_t>(places) << 2 |
           static_cast<std::uint64_t>(kind);
  }
  [[nodiscard]] static Message of(const Packet& packet) {
    return {.kind = static_cast<Kind>(packet.tag & 3U),
            .channel = static_cast<int>(packet.tag >> 32),
            .places = static_cast<int>(packet.tag >> 2 & 0x3fffffffU)};
  }
};

}  // namespace mimosa
