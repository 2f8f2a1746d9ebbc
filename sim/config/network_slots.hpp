// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

#include "models/nn/graph.hpp"
#include "sim/config/yaml_source.hpp"

namespace mimosa {

/// A value of the NetworkCounts' key `count`, `most` at most. ConfigError where it is none.
[[nodiscard]] int read_count(const YamlSource& source, const YAML::Node& node, const std::string& path,
                             const char* count, std::int64_t most = std::int64_t{1} << 30);

/// What a network file says about its slots; null where a key is not given.
struct SlotEntries {
  const YamlEntry* slots = nullptr;
  const YamlEntry* modes = nullptr;
  const YamlEntry* grid = nullptr;
};
/// Slots, modes and inputs per pass (0: the most that a mode has) of the network, the grids of the graph.
/// ConfigError where they do not fit together.
void read_slots(const YamlSource& source, const SlotEntries& entries, int inputs_per_pass, Network& network,
                Graph& graph);

}  // namespace mimosa
