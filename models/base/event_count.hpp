// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace mimosa {

/// A word below number k stands for at most k events of a Poisson process in a unit of its mean time:
/// 2^32 · Σ_{j ≤ k} 1/(e j!); above 6 (once in 12,000) is taken for 6.
inline constexpr std::uint32_t event_count_below[6] = {1580030168U, 3160060337U, 3950075421U,
                                                       4213413783U, 4279248373U, 4292415291U};

}  // namespace mimosa
