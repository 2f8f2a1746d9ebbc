// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>

#include "models/crossbar/array_spec.hpp"

namespace mimosa {

/// What an MVM's inputs do to cells and input converters, in units of a word line driven once with the
/// largest input: x / full to the power 1 for pulse widths (the time a voltage stands), 2 for voltages.
struct Activity {
  std::int64_t driven_ns = 0;     ///< nS: Σ of driven rows' conductances, rounded once
  std::int64_t driven_milli = 0;  ///< thousandths of drives, rounded once
};

/// Of one vector of codes of an MVM with all its reads. `row_ns`: whole nS of all cells of each row. Depends
/// on nothing else, and its sums have one order.
[[nodiscard]] Activity activity_of(const ArraySpec& spec, std::span<const float> codes,
                                   std::span<const double> row_ns);

}  // namespace mimosa
