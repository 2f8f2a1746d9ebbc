// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace mimosa {

/// An array of bytes from an IDX file, row-major.
struct IdxArray {
  std::vector<std::uint32_t> shape;
  std::vector<std::uint8_t> data;
};

/// Reads a gzipped IDX file of unsigned bytes (type 8) with `rank` dimensions. A missing, corrupt or cut
/// file, a wrong type or rank, too few or too many values are UserErrors with the path.
[[nodiscard]] IdxArray read_idx_gz(const std::string& path, int rank);

}  // namespace mimosa
