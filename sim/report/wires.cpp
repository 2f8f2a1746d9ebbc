// SPDX-License-Identifier: Apache-2.0
#include "sim/report/wires.hpp"

#include <fmt/format.h>

#include "sim/report/json_parts.hpp"

namespace mimosa {
Json wires_json(const std::optional<WireGapResult>& w) {
  if (!w) return nullptr;
  Json layers = Json::array();
  for (const LayerWireGap& l : w->layers)
    layers.push_back({{"layer", l.layer},
                      {"replica", l.replica},
                      {"array", {{"row", l.row0}, {"col", l.col0}, {"rows", l.rows}, {"cols", l.cols}}},
                      {"sums", l.gap.sums},
                      {"rms", l.gap.rms},
                      {"largest", l.gap.largest},
                      {"rms_adc_steps", l.gap.rms_steps}});
  const bool compared = w->why.empty();
  return {{"level", name_of(w->wires.level)},
          {"word_ohm", w->wires.word_ohm},
          {"bit_ohm", w->wires.bit_ohm},
          {"source_ohm", w->wires.source_ohm},
          {"sense_ohm", w->wires.sense_ohm},
          {"gap_to_exact", compared
                               ? Json{{"images", {{"split", "held_out"}, {"count", w->images}, {"first", 0}}},
                                      {"chip_sample", 0},
                                      {"layers", layers}}
                               : Json(nullptr)},
          {"not_compared", compared ? Json(nullptr) : Json(w->why)}};
}

std::string wires_text(const RunResult& result) {
  if (!result.wires) return {};
  const WireGapResult& w = *result.wires;
  std::string text = fmt::format(
      "\nwires      {}, level {} against the exact solution: ", result.network.name, name_of(w.wires.level));
  if (!w.why.empty()) return text + w.why + '\n';
  text += fmt::format("{} ohm a word-line cell, {} a bit-line cell\n", w.wires.word_ohm, w.wires.bit_ohm);
  text += fmt::format("  {:<20} {:>11} {:>13} {:>13} {:>15}\n", "layer", "cells", "rms of sums", "largest",
                      "rms, ADC steps");
  for (const LayerWireGap& l : w.layers)
    text += fmt::format("  {:<20} {:>11} {:>11.3g} % {:>11.3g} % {:>15.3g}\n", l.layer,
                        fmt::format("{} x {}", l.rows, l.cols), 100.0 * l.gap.rms, 100.0 * l.gap.largest,
                        l.gap.rms_steps);
  return text;
}

}  // namespace mimosa
