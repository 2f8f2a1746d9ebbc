// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <vector>

#include "sim/config/sweep_spec.hpp"
#include "sim/config/yaml_source.hpp"

namespace mimosa {

/// Reads `axes:` of an experiment (its forms: `axis_forms`).
[[nodiscard]] std::vector<Axis> read_axes(const YamlSource& source, const YAML::Node& node);

/// Reads `sweep:` on top of what is there.
void read_sweep(const YamlSource& source, const YamlEntry& entry, SweepSpec& spec, Origins& origins);

/// The keys of `sweep:` that hold numbers and choices. Refers to `spec`.
[[nodiscard]] KeyTable sweep_keys(SweepSpec& spec);

}  // namespace mimosa
