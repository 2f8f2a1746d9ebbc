// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "hw/spec/component_cost.hpp"

namespace mimosa {

/// Lump: a published time and energy of a whole read. Components: the sum of what its parts take.
enum class MvmCostModel { Lump, Components };
/// What a lump's figures are of: one read, or a whole MVM with all its reads.
enum class LumpOf { Read, Mvm };
/// Given: adc.energy_pj and area_um2. Survey: the regression over published converters (survey_adc).
enum class AdcCostModel { Given, Survey };

/// Events: cells and input converters take the same energy whatever the data. Data: theirs follows the inputs
/// and the conductances.
enum class ActivityModel { Events, Data };

/// Output converters of an array.
struct AdcCost {
  AdcCostModel model = AdcCostModel::Given;
  int per_array = 1;         ///< converters; the columns of a read share them in turn
  double rate_gs = 1.28;     ///< conversions a nanosecond, each
  double bit_ns = 0.0;       ///< a conversion more for every bit (charge decrement)
  ComponentCost conversion;  ///< of one conversion and one converter
};

/// Time, energy and area of one read of one array (one application of inputs); an MVM takes reads_per_mvm.
struct MvmCost {
  MvmCostModel model = MvmCostModel::Lump;
  // lump, converters and local read-out included
  LumpOf lump_of = LumpOf::Read;
  double latency_ns = 132.94;   ///< inputs applied to codes ready
  double interval_ns = 132.94;  ///< between two reads of one array
  double energy_pj = 13430.0;
  // components
  double step_ns = 100.0;     ///< of every read: drive the word lines, settle, sample
  double pulse_ns = 0.0;      ///< a level of a pulse-width input more
  bool overlap = true;        ///< sample-and-hold: a read is converted during the next one
  double shift_add_ns = 0.0;  ///< last conversion to result
  ComponentCost dac;          ///< one word line
  ComponentCost cells;        ///< a whole array
  ComponentCost sample_hold;  ///< one column
  AdcCost adc;
  ComponentCost shift_add;        ///< energy of one addition; area of an array's adders
  ComponentCost input_register;   ///< energy of one drive; area of an array's
  ComponentCost output_register;  ///< energy of one result; area of an array's
  ActivityModel activity = ActivityModel::Events;
  double read_v = 0.0, read_ns = 0.0;  ///< data: of a word line with the largest input
  double dac_base = 0.0;               ///< data: share of dac.energy_pj that an input of 0 takes
};

template <class Visitor>
void describe(Visitor& v, MvmCost& s) {
  v.choice("cost", s.model, "a published time and energy, or what the parts add up to",
           {{"lump", MvmCostModel::Lump}, {"components", MvmCostModel::Components}});
  v.used_with("cost", {"lump"}, [&](auto& m) {
    m.choice("lump_of", s.lump_of,
             "what latency_ns, interval_ns and energy_pj are of: one read, or an MVM with all its reads",
             {{"read", LumpOf::Read}, {"mvm", LumpOf::Mvm}});
    m.field("latency_ns", s.latency_ns, "ns", "inputs applied to codes ready", 0.1, 1e7);
    m.field("interval_ns", s.interval_ns, "ns", "between two of one array", 0.1, 1e7);
    m.field("energy_pj", s.energy_pj, "pJ", "energy of one, a lump", 0.0, 1e9);
  });
  v.used_with("cost", {"components"}, [&](auto& m) {
    m.field("step_ns", s.step_ns, "ns", "one read: drive the word lines, settle, sample", 0.01, 1e7);
    m.field("pulse_ns", s.pulse_ns, "ns", "dac.input: pulse_width; every level of the largest input, on top",
            0.0, 1e6);
    m.field("overlap", s.overlap, "1", "a read is converted during the next one (sample-and-hold)", false,
            true);
    m.field("shift_add_ns", s.shift_add_ns, "ns", "last conversion to result", 0.0, 1e7);
    const auto part = [&m](const char* name, const char* sentence, ComponentCost& cost, const char* event,
                           const char* whole) {
      m.section(name, sentence, [&](auto& p) { describe_component(p, cost, event, whole); });
    };
    part("dac", "input converter of a word line", s.dac, "one word line driven once", "one converter");
    part("cells", "the cells of an array", s.cells, "one read of all cells", "one array");
    part("sample_hold", "what holds a column sum for the ADC", s.sample_hold, "one sample", "one column");
    m.section("adc", "output converters of an array", [&](auto& a) {
      a.field("per_array", s.adc.per_array, "1", "converters, which the columns of a read take in turn", 1,
              8192);
      a.field("rate_gs", s.adc.rate_gs, "GS/s", "conversions of one converter", 1e-6, 100.0);
      a.field("bit_ns", s.adc.bit_ns, "ns", "every bit of a conversion, on top", 0.0, 1e6);
      a.choice("cost", s.adc.model, "energy and area as given, or of the best converters published",
               {{"given", AdcCostModel::Given}, {"survey", AdcCostModel::Survey}});
      a.used_with("cost", {"given"}, [&](auto& g) {
        describe_component(g, s.adc.conversion, "one conversion", "one converter");
      });
    });
    part("shift_add", "adders that put reads and slices together", s.shift_add, "one addition", "an array's");
    part("input_register", "holds the inputs of an array", s.input_register, "one word line driven once",
         "an array's");
    part("output_register", "holds the results of an array", s.output_register, "one result", "an array's");
    m.choice("activity", s.activity,
             "energy of cells and input converters: by events alone, or by inputs and conductances (data)",
             {{"events", ActivityModel::Events}, {"data", ActivityModel::Data}});
    m.used_with("activity", {"data"}, [&](auto& d) {
      d.field("read_v", s.read_v, "V", "on a word line with the largest input", 0.0, 10.0);
      d.field("read_ns", s.read_ns, "ns", "that it stands there", 0.0, 1e7);
      d.field("dac_base", s.dac_base, "1", "share of dac.energy_pj that an input of 0 takes", 0.0, 1.0);
    });
  });
}

}  // namespace mimosa
