// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "sim/config/experiment_keys.hpp"

namespace mimosa {

/// The keys of a network file at its top; those of a node are in models/nn/op_keys.hpp, those of a task in
/// models/nn/task_spec.hpp.
[[nodiscard]] const std::vector<TextKey>& network_keys();

/// The counts a network file holds, also as items of lists.
struct NetworkCounts {
  int slots = 1, mode = 1, grid = 1, channels = 1, size = 1;
};

/// The one place that names their limits.
template <class Visitor>
void describe(Visitor& v, NetworkCounts& c) {
  v.field("slots", c.slots, "inputs", "inputs that share a pass, one a slot", 1, 1024);
  v.field("modes", c.mode, "inputs", "distinct inputs of a pass, a divisor of the slots", 1, 1024);
  v.field("grid", c.grid, "1", "a size of the grid of slots", 1, 32);
  v.field("channels", c.channels, "1", "channels of an input", 1, 1 << 20);
  v.field("size", c.size, "1", "height or width of an input", 1, 1 << 14);
}

/// What `input` holds beside its shape.
struct InputKeys {
  double mean = 0.0, std = 1.0;
  int tokens = 0;
};
template <class Visitor>
void describe(Visitor& v, InputKeys& k) {
  v.field("mean", k.mean, "1", "subtracted from pixels scaled to 0..1", -1e6, 1e6);
  v.field("std", k.std, "1", "divides them after that", 1e-6, 1e6);
  v.field("tokens", k.tokens, "1", "values are tokens 0 .. tokens - 1", 1, 1 << 20);
}

}  // namespace mimosa
