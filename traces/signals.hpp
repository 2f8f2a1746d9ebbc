// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "hw/chip/chip.hpp"

namespace mimosa {

/// What a signal shows. Of a task: the instruction it is at (0: none, else 1 + the opcode), pass, iteration,
/// whether its vector unit, its host link or its array's converters work, energy of what it has executed. Of
/// a channel: rows at the receiver, whether there are any, whether the sender has a place.
enum class SignalKind {
  ChipEnergy,
  ChipPasses,
  UnitBusy,
  State,
  Pass,
  Iteration,
  Busy,
  AdcBusy,
  Energy,
  Depth,
  Valid,
  Ready,
  LinkBusy
};

/// One signal of a chip that a waveform can hold.
struct Signal {
  std::string name;  ///< e.g. chip.tile_3.array_0.state
  SignalKind kind = SignalKind::State;
  std::size_t index = 0;            ///< task, channel or tile
  MeshPort port = MeshPort::Local;  ///< of a link
  [[nodiscard]] int bits() const;   ///< 0: a real number
  [[nodiscard]] std::string scope() const { return name.substr(0, name.rfind('.')); }
};

/// All of them, signals of a module one after the other.
[[nodiscard]] std::vector<Signal> signals_of(const Chip& chip);

/// Those whose name one of the globs (joined by commas; `*`: any letters, dots too; `?`: one letter) matches,
/// or that stand in a module whose name it matches. UserError with the nearest names for a glob without any.
[[nodiscard]] std::vector<Signal> matching(const std::vector<Signal>& signals, const std::string& globs);

/// Sides of a router that lead to another one, told of its first tile; none of its other tiles.
[[nodiscard]] std::vector<MeshPort> links_from(int tile, const MeshSpec& mesh);
[[nodiscard]] const char* side_name(MeshPort port);

}  // namespace mimosa
