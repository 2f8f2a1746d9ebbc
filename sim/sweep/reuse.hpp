// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/expansion.hpp"
#include "sim/sweep/shard.hpp"
#include "sim/sweep/store.hpp"

namespace mimosa {

/// What other stores gave.
struct Reused {
  std::size_t points = 0;
  std::vector<Damage> damages;
  std::size_t other_versions = 0;  ///< lines of points of other results versions
};

/// Hands `take` a line for each point of the expansion (of the shard) that one of the stores in `folders` has
/// finished, with all that is to be recorded, and `contents` have not; these know it then. The line is the
/// other store's, with this sweep's axes and its origin. UserError where a folder is no store.
[[nodiscard]] Reused reuse_points(const std::vector<std::string>& folders, const Expansion& expansion,
                                  const std::optional<Shard>& shard, StoreContents& contents,
                                  const std::function<void(const std::string&)>& take);

}  // namespace mimosa
