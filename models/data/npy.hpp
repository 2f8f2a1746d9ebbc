// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mimosa {

/// An array of a .npy file, row-major; double holds both types that are read.
struct NpyArray {
  std::vector<std::int64_t> shape;
  std::vector<double> data;
};

/// Reads little-endian float32 or float64 in C order; anything else is a UserError with the path.
[[nodiscard]] NpyArray read_npy(const std::string& path);

/// Writes float32 or float64 in C order, the file whole or not at all. `data` has as many values as the
/// shape.
void write_npy(const std::string& path, std::span<const std::int64_t> shape, std::span<const float> data);
void write_npy(const std::string& path, std::span<const std::int64_t> shape, std::span<const double> data);

}  // namespace mimosa
