// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace mimosa {

/// Every `count`-th point from number `index` on, so that cheap and dear points mix.
struct Shard {
  std::size_t index = 0, count = 1;
  std::string source;  ///< where it was said: "--shard", or a scheduler's variable
};

/// Value of an environment variable, or null.
using Environment = std::function<const char*(const char*)>;

/// "I/N", 0 … N-1. "/N" takes I from the scheduler's variables, for those that tell no number of tasks (PBS).
/// UserError.
[[nodiscard]] Shard parse_shard(const std::string& text, const Environment& environment);

/// What the variables of a job array or of a parallel start say: Slurm (arrays, srun), LSF, PBS, SGE, Open
/// MPI. Nothing where none is set. UserError where one is set and the number of tasks is not known.
[[nodiscard]] std::optional<Shard> scheduled_shard(const Environment& environment);

/// Cores that Slurm gives this task: it need not bind tasks to them. None: nothing is said.
[[nodiscard]] std::optional<int> granted_cores(const Environment& environment);

}  // namespace mimosa
