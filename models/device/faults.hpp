// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/device/cell_range.hpp"

// Cells that do not hold what they were given, by physical state: the literature uses SA0 and SA1 both ways.
namespace mimosa {

enum class FaultLaw { None, Shares, Map };
enum class UnprogrammedState { Off, Random };

struct FaultSpec {
  FaultLaw law = FaultLaw::None;
  double stuck_on = 0.0, stuck_off = 0.0;  ///< shares of all devices
  double yield = 1.0;                      ///< share of the others that can be programmed
  UnprogrammedState unprogrammed = UnprogrammedState::Off;
  std::string map = {};
};

template <class Visitor>
void describe(Visitor& v, FaultSpec& s) {
  v.choice("law", s.law, "which cells are stuck",
           {{"none", FaultLaw::None}, {"shares", FaultLaw::Shares}, {"map", FaultLaw::Map}});
  v.used_by({"shares"}, [&](auto& m) {
    m.field("stuck_on", s.stuck_on, "1", "share of devices stuck at g_max", 0.0, 1.0);
    m.field("stuck_off", s.stuck_off, "1", "share of devices stuck at g_min", 0.0, 1.0);
    m.field("yield", s.yield, "1", "share of the other devices that can be programmed", 0.0, 1.0);
    m.choice("unprogrammed", s.unprogrammed, "where a device stays that cannot: at g_min, or anywhere",
             {{"off", UnprogrammedState::Off}, {"random", UnprogrammedState::Random}});
  });
  v.used_by({"map"}, [&](auto& m) {
    m.text("map", s.map,
           "int8 .npy file [rows, cols] or [parts, rows, cols] of the layer: 0 good, 1 stuck on, "
           "2 stuck off");
  });
}

/// Faults of a layer's cells as measured: [parts][rows][cols], one part standing for all.
struct FaultMap {
  std::size_t parts = 0, rows = 0, cols = 0;
  std::vector<std::int8_t> states;

  [[nodiscard]] const std::int8_t* row(std::size_t part, std::size_t row) const {
    return states.data() + ((parts == 1 ? 0 : part) * rows + row) * cols;
  }
};

/// UserError with the path where the file is no C-ordered int8 .npy array of two or three dimensions, or
/// holds another value than 0, 1, 2.
[[nodiscard]] FaultMap read_fault_map(const std::string& path);

/// The conductance a device is stuck at, or a negative number where it is good: u is its uniform number.
[[nodiscard]] double stuck_conductance(const FaultSpec& spec, const CellRange& range, double scale, double u);
/// The same for an entry of a map.
[[nodiscard]] double mapped_conductance(std::int8_t state, const CellRange& range);

}  // namespace mimosa
