// SPDX-License-Identifier: Apache-2.0
#include "hw/tile/tile.hpp"

namespace mimosa {
namespace {

/// "array_3" is the tile's third array task; a report, a waveform and a member read the same.
std::string runner_name(const Task& task, std::size_t number) {
  return std::string(to_string(task.kind)) + "_" + std::to_string(number);
}

}  // namespace

Tile::Tile(const sc_core::sc_module_name& name, const std::vector<const Task*>& tasks, ChipParts& parts)
    : sc_module(name), parts_(parts) {
  take(tasks);
}

void Tile::take(const std::vector<const Task*>& tasks) {
  runners_.clear();
  for (const Task* task : tasks)
    runners_.push_back(std::make_unique<TaskRunner>(name() + ("." + runner_name(*task, runners_.size())),
                                                    *task, parts_, vector_unit_));
}

void Tile::deliver(const Packet& packet) {
  const Message message = Message::of(packet);
  ChannelState& channel = parts_.channels[static_cast<std::size_t>(message.channel)];
  switch (message.kind) {
    case Message::Kind::RowPart:
      return;  // the row is complete with its last packet; packets of a pair of tiles keep order
    case Message::Kind::RowEnd:
      for (int& rows : channel.arrived) ++rows;
      for (ChannelObserver* observer : channel.observers) observer->queued(1, parts_.now());
      return channel.row_arrived.notify(sc_core::SC_ZERO_TIME);
    case Message::Kind::Credit:
      channel.credits += message.places;
      for (ChannelObserver* observer : channel.observers) observer->freed(message.places, parts_.now());
      return channel.place_returned.notify(sc_core::SC_ZERO_TIME);
  }
}

}  // namespace mimosa
