// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <systemc>
#include <vector>

#include "hw/noc/mesh.hpp"
#include "hw/tile/task_runner.hpp"

namespace mimosa {

/// One tile: its tasks with their arrays, one vector unit, and the port where packets arrive.
class Tile : public sc_core::sc_module, public PacketSink {
 public:
  Tile(const sc_core::sc_module_name& name, const std::vector<const Task*>& tasks, ChipParts& parts);
  /// Makes runners for `tasks`, which are on this tile, instead of those it has, whose processes have ended.
  void take(const std::vector<const Task*>& tasks);
  void deliver(const Packet& packet) override;
  [[nodiscard]] const std::vector<std::unique_ptr<TaskRunner>>& runners() const { return runners_; }

 private:
  ChipParts& parts_;
  VectorUnit vector_unit_;
  std::vector<std::unique_ptr<TaskRunner>> runners_;
};

}  // namespace mimosa
