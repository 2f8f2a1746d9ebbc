// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <utility>

// Anonymous: see kernel_table.hpp.
namespace mimosa {
namespace {

template <std::size_t i>
struct Index {
  static constexpr std::size_t value = i;
};

template <class Body, std::size_t... i>
[[gnu::always_inline]] inline void unroll(std::index_sequence<i...>, const Body& body) {
  (body(Index<i>{}), ...);
}
/// body(Index<0>{}), body(Index<1>{}), …: accumulators must be registers whatever the optimiser thinks of
/// loops.
template <std::size_t n, class Body>
[[gnu::always_inline]] inline void unroll(const Body& body) {
  unroll(std::make_index_sequence<n>{}, body);
}

/// NaN operands meet in an order the compiler chooses, and the first one's payload wins: results get the one
/// quiet NaN.
template <class V>
typename V::Float canonical(typename V::Float v) {
  return V::select(V::is_nan(v), V::from_bits(V::broadcast(0x7FC00000U)), v);
}

}  // namespace
}  // namespace mimosa
