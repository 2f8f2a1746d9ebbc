// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>

#include "models/base/event_count.hpp"
#include "models/base/kernel_table.hpp"
#include "models/base/normals_template.hpp"

// Anonymous: see kernel_table.hpp.
namespace mimosa {
namespace {

/// Of the events looked at so far, the latest: one more than its time, 0 where there is none, and its lower
/// half.
template <class V>
struct LatestEvent {
  typename V::Int time = V::broadcast(0U), half = V::broadcast(0U);

  /// `event`: its time in the upper half. `missing`: where there is none.
  void look_at(typename V::Int event, typename V::Int until, typename V::Mask missing) {
    const auto none = V::broadcast(0U), at = V::template shift_right<16>(event);
    const auto counts = V::select(V::less(until, at), none, V::add(at, V::broadcast(1U)));
    const auto found = V::select(missing, none, counts);
    const auto later = V::less(time, found);
    time = V::select(later, found, time);
    half = V::select(later, V::bit_and(event, V::broadcast(0xFFFFU)), half);
  }
};

/// Of one unit of time.
template <class V>
LatestEvent<V> latest_event(std::uint64_t key, typename V::Int index, typename V::Int high,
                            typename V::Int low, typename V::Int until) {
  using Int = typename V::Int;
  Int word[4] = {index, high, low, V::broadcast(0U)};
  philox<V>(key, word);
  const auto below = [count = word[0]](std::size_t k) {
    return V::less(count, V::broadcast(event_count_below[k]));
  };
  LatestEvent<V> latest;
  for (std::size_t k = 0; k < 3; ++k) latest.look_at(word[k + 1], until, below(k));
  if (!V::any(V::less(V::broadcast(event_count_below[3] - 1U), word[0]))) return latest;
  Int more[4] = {index, V::add(high, V::broadcast(1U)), low, V::broadcast(0U)};
  philox<V>(key, more);
  for (std::size_t k = 3; k < 6; ++k) latest.look_at(more[k - 3], until, below(k));
  return latest;
}

template <class V>
void last_events(const LastEventArguments& a) {
  const auto none = V::broadcast(0U), one = V::broadcast(1U);
  for (std::size_t i = 0; i < a.size; i += V::width) {
    const auto index = V::load(a.index + i);
    auto high = V::load(a.high + i), low = V::load(a.low + i), until = V::load(a.until + i);
    LatestEvent<V> latest = latest_event<V>(a.key, index, high, low, until);
    until = V::broadcast(1U << 16);
    for (auto open = V::less(latest.time, one); V::any(open); open = V::less(latest.time, one)) {
      const auto borrows = V::select(V::less(low, one), V::broadcast(2U), none);
      high = V::sub(high, borrows);
      low = V::sub(low, one);
      const LatestEvent<V> before = latest_event<V>(a.key, index, high, low, until);
      latest.time = V::select(open, before.time, latest.time);
      latest.half = V::select(open, before.half, latest.half);
    }
    V::store(a.state + i, V::select(V::less(latest.half, V::load(a.share + i)), one, none));
  }
}

}  // namespace
}  // namespace mimosa
