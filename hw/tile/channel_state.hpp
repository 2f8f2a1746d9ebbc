// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>
#include <systemc>

namespace mimosa {

/// A channel while it runs: rows that have arrived, and the sender's free places. Places given back reach the
/// sender after the channel's wire delay.
struct ChannelState {
  int arrived = 0;  ///< rows complete at the receiver and not yet taken
  int credits = 0;  ///< places the sender may still fill
  sc_core::sc_time credit_delay;
  std::deque<sc_core::sc_time> returning;  ///< when given-back places reach the sender, ascending
  sc_core::sc_event row_arrived, place_returned;

  /// Takes in the places that have come back by now.
  void collect() {
    for (; !returning.empty() && returning.front() <= sc_core::sc_time_stamp(); returning.pop_front())
      ++credits;
  }
};

}  // namespace mimosa
