// SPDX-License-Identifier: Apache-2.0
#include "sim/compiler/binding.hpp"

#include <algorithm>
#include <tuple>

#include "hw/program/counts.hpp"
#include "hw/program/interval.hpp"

namespace mimosa {

const char* to_string(BindingPlace place) {
  switch (place) {
    case BindingPlace::Crossbar:
      return "crossbar";
    case BindingPlace::Digital:
      return "digital";
    case BindingPlace::Fft:
      return "fft";
    case BindingPlace::Auto:
      break;
  }
  return "auto";
}

bool binds(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(),
                     [](const Node& node) { return node.op == OpKind::Bind; });
}

BindingForm binding_form(BindingPlace place, const Program& program, const ChipSpec& chip) {
  const Counts counts = counts_per_pass(program, chip);
  BindingForm form{.place = place, .refused = {}};
  form.cycles_per_pass = busiest_task_cycles(program, chip);
  form.energy_per_pass_j = energy_boundaries(energy_by_component(counts, chip)).chip_and_io_j;
  form.conversions_per_pass = counts.conversions;
  for (const Task& task : program.tasks) form.arrays += task.kind == TaskKind::Array ? 1 : 0;
  return form;
}

bool is_cheaper(const BindingForm& a, const BindingForm& b) {
  return std::tie(a.cycles_per_pass, a.energy_per_pass_j) < std::tie(b.cycles_per_pass, b.energy_per_pass_j);
}

}  // namespace mimosa
