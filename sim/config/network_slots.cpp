// SPDX-License-Identifier: Apache-2.0
#include "sim/config/network_slots.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <variant>
#include <vector>

#include "sim/config/network_keys.hpp"

namespace mimosa {

int read_count(const YamlSource& source, const YAML::Node& node, const std::string& path, const char* count,
               std::int64_t most) {
  NetworkCounts counts;
  KeyTable table;
  KeyCollector collect(table, "");
  describe(collect, counts);
  ConfigKey key = *table.key(count);
  key.high = std::min(std::get<std::int64_t>(key.high), most);
  return static_cast<int>(std::get<std::int64_t>(source.value(node, path, key)));
}

namespace {

class SlotReader {
 public:
  SlotReader(const YamlSource& source, const SlotEntries& entries) : source_(source), entries_(entries) {}

  void read(Network& network, Graph& graph, int inputs_per_pass) const {
    if (entries_.grid != nullptr) return read_grid(network, graph, inputs_per_pass);
    network.slots =
        entries_.slots == nullptr ? 1 : read_count(source_, entries_.slots->value, "slots", "slots");
    network.modes = read_modes(network.slots);
    network.inputs_per_pass = choose_mode(network.modes, inputs_per_pass);
  }

 private:
  [[nodiscard]] std::vector<int> read_modes(int slots) const {
    const YamlEntry* entry = entries_.modes;
    if (entry == nullptr) return {slots};
    if (!entry->value.IsSequence() || entry->value.size() == 0)
      source_.fail(entry->value, "modes", "expected a list of inputs per pass, e.g. [1, 2, 4]");
    std::vector<int> modes;
    for (const auto& item : entry->value) {
      const int mode = read_count(source_, item, "modes", "modes", slots);
      if (slots % mode != 0)
        source_.fail(item, "modes", fmt::format("{} inputs per pass do not divide {} slots", mode, slots));
      if (std::find(modes.begin(), modes.end(), mode) != modes.end())
        source_.fail(item, "modes", fmt::format("{} stands twice; allowed: once", mode));
      modes.push_back(mode);
    }
    return modes;
  }

  [[nodiscard]] Grid read_grid_size(const YAML::Node& node, const std::string& path) const {
    if (!node.IsSequence() || node.size() != 2)
      source_.fail(node, path, "expected the two sizes of a grid, [M, N], e.g. [2, 2]");
    return {read_count(source_, node[0], path, "grid"), read_count(source_, node[1], path, "grid")};
  }

  /// A grid of keys, and its modes: sub-grids of which each has its number of inputs.
  void read_grid(Network& network, Graph& graph, int inputs_per_pass) const {
    if (entries_.slots != nullptr)
      source_.fail(entries_.slots->key_node, "slots",
                   "a network with a grid has M·N slots; allowed: slots or grid");
    graph.key_grid = read_grid_size(entries_.grid->value, "grid");
    network.grids =
        entries_.modes == nullptr ? std::vector<Grid>{graph.key_grid} : read_grids(graph.key_grid);
    for (const Grid& grid : network.grids) network.modes.push_back(grid.size());
    network.slots = network.inputs_per_pass = choose_mode(network.modes, inputs_per_pass);
    for (const Grid& grid : network.grids)
      if (grid.size() == network.slots) graph.grid = grid;
  }

  [[nodiscard]] std::vector<Grid> read_grids(const Grid& keys) const {
    const YAML::Node list = entries_.modes->value;
    if (!list.IsSequence() || list.size() == 0)
      source_.fail(list, "modes", "expected a list of grids, e.g. [[2, 2], [1, 1]]");
    std::vector<Grid> grids;
    for (const auto& item : list) {
      const Grid grid = read_grid_size(item, "modes");
      if (grid.m > keys.m || grid.n > keys.n)
        source_.fail(item, "modes",
                     fmt::format("a grid of {}×{} is larger than that of the keys, {}×{}", grid.m, grid.n,
                                 keys.m, keys.n));
      for (const Grid& other : grids)
        if (other.size() == grid.size())
          source_.fail(item, "modes", fmt::format("two grids of {} inputs; allowed: one", grid.size()));
      grids.push_back(grid);
    }
    return grids;
  }

  [[nodiscard]] int choose_mode(const std::vector<int>& modes, int inputs_per_pass) const {
    if (inputs_per_pass == 0) return *std::max_element(modes.begin(), modes.end());
    if (std::find(modes.begin(), modes.end(), inputs_per_pass) == modes.end()) {
      const YamlEntry* entry = entries_.modes;
      source_.fail(
          entry == nullptr ? source_.root() : entry->value, "modes",
          fmt::format("no mode of {} inputs per pass; allowed: {}", inputs_per_pass, fmt::join(modes, ", ")));
    }
    return inputs_per_pass;
  }

  const YamlSource& source_;
  SlotEntries entries_;
};

}  // namespace

void read_slots(const YamlSource& source, const SlotEntries& entries, int inputs_per_pass, Network& network,
                Graph& graph) {
  SlotReader(source, entries).read(network, graph, inputs_per_pass);
}

}  // namespace mimosa
