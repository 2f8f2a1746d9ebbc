// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mimosa {

/// What a component costs, whatever it does.
struct ComponentCost {
  double energy_pj = 0.0;  ///< of one event
  double static_mw = 0.0;  ///< always, of one instance
  double area_um2 = 0.0;   ///< of one instance
};

/// `event` and `instance` name what the figures are of.
template <class Visitor>
void describe_component(Visitor& v, ComponentCost& s, const char* event, const char* instance) {
  v.field("energy_pj", s.energy_pj, "pJ", event, 0.0, 1e9);
  v.field("static_mw", s.static_mw, "mW", instance, 0.0, 1e6);
  v.field("area_um2", s.area_um2, "um2", instance, 0.0, 1e9);
}

}  // namespace mimosa
