// SPDX-License-Identifier: Apache-2.0
#include "sim/mvm/mvm_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace mimosa {
namespace {

using Json = nlohmann::ordered_json;

std::size_t slices_of(const MvmConfig& config) {
  return weight_slices(config.chip.analog.weights).size();
}

std::string scheme_text(const MvmConfig& config) {
  const WeightSpec& w = config.chip.analog.weights;
  std::string text = w.scheme == WeightScheme::Offset ? "cells with an offset"
                     : w.sides == PairSides::One      ? "differential pairs, one cell moves"
                                                      : "differential pairs, both cells move";
  if (w.bits > 0) text += fmt::format(", {}-bit weights in {} slice(s)", w.bits, slices_of(config));
  const int reads = reads_per_mvm(config.chip.analog);
  return text + fmt::format(", {} read{} an MVM", reads, reads == 1 ? "" : "s");
}

std::string adc_source(const MvmConfig& config) {
  if (config.options.adc_range > 0.0) return "mvm.adc_range";
  switch (config.chip.analog.adc.range) {
    case AdcRange::Full:
      return "full";
    case AdcRange::Granular:
      return "granular";
    case AdcRange::Fixed:
      return "fixed";
    case AdcRange::Calibrated:
      break;
  }
  return "calibrated";
}

std::string percent(double share) {
  return fmt::format("{:.4g} %", 100.0 * share);
}

std::string line(const char* label, const std::string& text) {
  return fmt::format("{:<11}{}\n", label, text);
}

std::string wires_text(const MatrixWireGap& wires, const WireSpec& spec) {
  const std::string level = fmt::format("level {}", name_of(spec.level));
  if (!wires.why.empty())
    return fmt::format("{}, not compared with the exact solution: {}", level, wires.why);
  return fmt::format("{}, off the exact solution by {} rms, {} at most, {:.3g} ADC steps rms", level,
                     percent(wires.gap.rms), percent(wires.gap.largest), wires.gap.rms_steps);
}

/// The keys of `wires` of a run's report.json, the sample one of vectors.
Json wires_json(const MatrixWireGap& w, const WireSpec& spec) {
  const Json gap = {{"vectors", w.vectors},
                    {"array", {{"row", w.row0}, {"col", w.col0}, {"rows", w.rows}, {"cols", w.cols}}},
                    {"sums", w.gap.sums},
                    {"rms", w.gap.rms},
                    {"largest", w.gap.largest},
                    {"rms_adc_steps", w.gap.rms_steps}};
  const bool compared = w.why.empty();
  return {{"level", name_of(spec.level)},
          {"word_ohm", spec.word_ohm},
          {"bit_ohm", spec.bit_ohm},
          {"source_ohm", spec.source_ohm},
          {"sense_ohm", spec.sense_ohm},
          {"gap_to_exact", compared ? gap : Json(nullptr)},
          {"not_compared", compared ? Json(nullptr) : Json(w.why)}};
}

}  // namespace

std::string mvm_summary_text(const MvmReport& r, const MvmConfig& config) {
  const bool largest_x = config.options.dac_range == 0.0;
  std::string text =
      line("product", fmt::format("{} outputs × {} inputs, {} vectors{}", r.outputs, r.inputs, r.vectors,
                                  r.reads > 1 ? fmt::format(", {} reads", r.reads) : ""));
  text += line("hardware", fmt::format("chip {}   device {}, {} s after programming", config.chip.name,
                                       config.device.name, config.device.time_s));
  text += line("arrays", fmt::format("{} of up to {} × {}: {}", r.arrays, r.array_rows, r.array_cols,
                                     scheme_text(config)));
  text += line("ranges", fmt::format("DAC ±{:.6g} ({}), ADC ±{:.6g} ({})", r.ranges.dac,
                                     largest_x ? "largest |x|" : "mvm.dac_range",
                                     fmt::join(r.ranges.adc, ", ±"), adc_source(config)));
  text += line("clipped", fmt::format("{} of the inputs, {} of the column sums", percent(r.clipping.dac),
                                      percent(r.clipping.adc)));
  text += line("wires", wires_text(r.wires, config.chip.analog.wires));
  text += line("error", fmt::format("{} rms of the exact product's", percent(r.relative_rms_error)));
  if (!config.without_effect.empty())
    text += line("no effect", fmt::format("{}", fmt::join(config.without_effect, ", ")));
  return text + line("results", r.out);
}

std::string mvm_report_json(const MvmReport& r, const MvmConfig& config) {
  const Json report = {
      {"outputs", r.outputs},
      {"inputs", r.inputs},
      {"vectors", r.vectors},
      {"reads", r.reads},
      {"chip", config.chip.name},
      {"device", {{"name", config.device.name}, {"time_s", config.device.time_s}}},
      {"arrays",
       {{"count", r.arrays},
        {"rows", r.array_rows},
        {"cols", r.array_cols},
        {"scheme", scheme_text(config)},
        {"reads_per_mvm", reads_per_mvm(config.chip.analog)}}},
      {"ranges", {{"dac", r.ranges.dac}, {"adc", r.ranges.adc}, {"adc_source", adc_source(config)}}},
      {"clipped", {{"dac", r.clipping.dac}, {"adc", r.clipping.adc}}},
      {"wires", wires_json(r.wires, config.chip.analog.wires)},
      {"relative_rms_error", r.relative_rms_error},
      {"without_effect", config.without_effect},
      {"results", r.out},
      {"provenance",
       {{"version", r.version},
        {"results_version", r.results_version},
        {"seed", config.options.seed},
        {"config_sha256", r.config_sha256},
        {"matrix_sha256", r.matrix_sha256},
        {"vectors_sha256", r.vectors_sha256}}}};
  return report.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace mimosa
