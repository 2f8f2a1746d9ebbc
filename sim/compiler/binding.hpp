// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "hw/program/program.hpp"
#include "hw/spec/chip_spec.hpp"
#include "models/nn/graph.hpp"
#include "sim/config/experiment.hpp"

namespace mimosa {

/// The whole network with its slots bound in one form.
struct BindingForm {
  BindingPlace place = BindingPlace::Crossbar;
  std::string refused;               ///< why it cannot be bound so; then the figures are 0
  std::int64_t cycles_per_pass = 0;  ///< of the busiest task
  double energy_per_pass_j = 0.0;
  std::int64_t conversions_per_pass = 0;
  int arrays = 0;  ///< replicas included
};

/// What `compiler.binding: auto` compared and chose.
struct BindingChoice {
  BindingPlace chosen = BindingPlace::Crossbar;
  std::vector<BindingForm> forms;
};

[[nodiscard]] const char* to_string(BindingPlace place);
[[nodiscard]] bool binds(const Graph& graph);
/// The figures of a program that binds in `place`.
[[nodiscard]] BindingForm binding_form(BindingPlace place, const Program& program, const ChipSpec& chip);
/// Fewer cycles of the busiest task; among equals, less energy.
[[nodiscard]] bool is_cheaper(const BindingForm& a, const BindingForm& b);

}  // namespace mimosa
