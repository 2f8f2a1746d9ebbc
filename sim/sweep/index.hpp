// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "sim/sweep/expansion.hpp"
#include "sim/sweep/front.hpp"

namespace mimosa {

/// Builds results.sqlite of a store anew from its journals, under another name first, so that a reader finds
/// the old one or the new one whole. One row of `points` for each point and network: `address`, `run` (0 … of
/// its networks), `status`, `error`, `wall_s`, `seed_used`, `config_sha256`, `network_name`, the axes by
/// their keys, the short-named figures, and the figures of `sweep.record`; of `info` one for each of format,
/// `results_version`, counts, `axes` (names, a JSON list), `addresses` (the sum of those of the sweep's
/// points modulo 2^256, which stands for their configs, weights and data), `hosts` (a JSON list) and `begun`
/// of the journals and, beside `front`, `objectives` (figure to max or min, JSON). Of several lines of a
/// point the last finished one counts. A point of `expansion` has the axes it has there, too, where another
/// sweep ran it under other ones, and `front`: 1 where it is on `front`, else 0, where the plan has two
/// objectives or more. UserError where the disk has no room. Returns the number of points.
std::size_t build_index(const std::string& folder, const Expansion* expansion = nullptr,
                        const std::vector<FrontPoint>& front = {});

[[nodiscard]] std::string index_path(const std::string& folder);
/// The same of an index that is to be read. UserError where there is none, with what makes it.
[[nodiscard]] std::string present_index(const std::string& folder);

}  // namespace mimosa
