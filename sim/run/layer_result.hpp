// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mimosa {

/// One stage of the program: a layer with the digital work on its results.
struct LayerResult {
  std::string name;
  int arrays = 0, replicas = 1;
  double cells_used = 0.0;         ///< share of the cells of its arrays that hold a weight
  std::int64_t mvms = 0;           ///< per pass, of all its arrays
  std::int64_t busy_cycles = 0;    ///< per pass, of its busiest task
  std::optional<double> energy_j;  ///< per pass, links apart; none where it depends on data
  /// Of the first pass, alone on the chip: cycles from its first work to its last. None without timing.
  std::optional<std::int64_t> first_begin, first_end;
};

/// A tile that holds part of the program.
struct TileResult {
  int tile = 0;
  std::vector<std::string> layers;
  double cells_used = 0.0;         ///< share of all cells of the tile that hold a weight
  std::optional<double> busy;      ///< share of the run its busiest task worked; none without timing
  std::optional<double> energy_j;  ///< per pass, links apart; none where it depends on data
  /// As of a layer.
  std::optional<std::int64_t> first_begin, first_end;
};

struct MeshResult {
  int rows = 0, cols = 0;  ///< in tiles
  std::vector<TileResult> tiles;
};

}  // namespace mimosa
