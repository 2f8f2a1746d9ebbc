// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/config/sweep_spec.hpp"

namespace mimosa {

/// The values of 'a,b,c' or '[1,2],[3,4]'; UserError naming `place` where one is empty.
[[nodiscard]] std::vector<std::string> split_values(const std::string& text, const std::string& place);

/// Axis of a key with these values. UserError naming `place` where there are none or one stands twice.
[[nodiscard]] Axis axis_of_values(const std::string& key, const std::vector<std::string>& values,
                                  const std::string& place);

/// Axis of a key from `low` to `high`, both included: `steps` values evenly spaced (`log`: in their
/// logarithm), rounded to 12 digits, which makes them the same on every machine, and to whole numbers where
/// the key holds these. `steps` 0: each whole number, or, of other keys, none (samplers only). UserError.
[[nodiscard]] Axis axis_of_range(const std::string& key, const AxisRange& range, int steps,
                                 const std::string& place);
/// The number at `share` (0 … 1) of a range, as text.
[[nodiscard]] std::string value_in(const AxisRange& range, double share);

/// Axis that moves those of `parts` together; UserError where they differ in length.
[[nodiscard]] Axis zipped(const std::vector<Axis>& parts, const std::string& place);

/// Axis of KEY=TEXT as typed: 'a,b,c', or 'linear(0,4,9)', 'log(1,1e6,7)' (low, high, steps).
[[nodiscard]] Axis axis_of_text(const std::string& key, const std::string& text, const std::string& place);

/// Whether an experiment's key holds whole numbers.
[[nodiscard]] bool holds_integers(const std::string& key);

}  // namespace mimosa
