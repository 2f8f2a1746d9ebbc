// SPDX-License-Identifier: Apache-2.0
#include "sim/run/validity.hpp"

#include <algorithm>
#include <string>

#include "hw/program/value_format.hpp"
#include "models/crossbar/combinations.hpp"

namespace mimosa {
namespace {

/// State of an effect that has a law and a scale.
std::string state_of(bool has_law, double scale = 1.0) {
  if (!has_law) return "not applicable: the device has no law for it";
  return scale > 0.0 ? "applied" : "not applicable: scale 0";
}

std::string drift_state(const DeviceSpec& d) {
  if (is_state_law(d.programming.law))
    return d.drift > 0.0 ? "applied: within device.programming" : "not applicable: scale 0";
  if (d.ageing.law != AgeingLaw::None && d.time_s <= 0.0) return "not applicable: device.time_s is 0";
  return state_of(d.ageing.law != AgeingLaw::None, d.drift);
}

std::string compensation_state(const DeviceSpec& d) {
  if (d.drift_compensation == DriftCompensation::Off) return "not applicable: off";
  if (drift_state(d).rfind("applied", 0) != 0) return "applied: there is no drift to undo";
  return d.drift_readout == DriftReadout::Adc ? "applied: from reads through the ADC" : "applied";
}

std::string read_disturb_state(const DeviceSpec& d) {
  const std::string state = state_of(d.read_disturb.law != ReadDisturbLaw::None, d.read_disturb_scale);
  if (state == "applied" && read_disturb_factor(d.read_disturb, d.temperature_k, 1.0) == 1.0)
    return "not applicable: fewer reads than the transition takes";
  return state;
}

std::string temperature_state(const DeviceSpec& d) {
  if (d.temperature.activation_ev.empty()) return "not applicable: no activation energy given";
  if (d.temperature_scale <= 0.0) return "not applicable: scale 0";
  return d.temperature_k == d.temperature.reference_k ? "not applicable: at the reference temperature"
                                                      : "applied";
}

std::string current_noise_state(const DeviceSpec& d) {
  const std::string state =
      state_of(d.current_noise.law != CurrentNoiseLaw::None, std::max(d.thermal_noise, d.shot_noise));
  if (state != "applied" || (d.thermal_noise > 0.0 && d.shot_noise > 0.0)) return state;
  return d.shot_noise > 0.0 ? "applied: shot noise alone" : "applied: thermal noise alone";
}

std::string noise_1f_state(const DeviceSpec& d) {
  const std::string state = state_of(d.low_frequency.law != LowFrequencyLaw::None, d.noise_1f);
  if (state != "applied") return state;
  return d.low_frequency.bands == NoiseBands::Three ? "applied: in three bands" : "applied: frozen for a run";
}

std::string nonlinearity_state(const DeviceSpec& d, const ArraySpec& array) {
  if (d.iv.law == IvLaw::Linear) return "not applicable: the cells are linear";
  if (d.nonlinearity <= 0.0) return "not applicable: scale 0";
  if (array.dac.input == InputKind::PulseWidth)
    return has_wires(array.wires)
               ? "applied: as chords at the voltage of the pulses, before the wires take theirs"
               : "applied: at the voltage of the pulses";
  return needs_cell_reads(d, array) ? "applied: cell by cell"
                                    : "applied: exactly, as three sums over the inputs";
}

/// White noise: by the law of the column's sum, or cell by cell.
std::string read_noise_state(const DeviceSpec& d, const ArraySpec& array) {
  const std::string state = state_of(d.white.law != WhiteLaw::None, d.read_noise);
  if (state != "applied") return state;
  if (needs_cell_reads(d, array)) return "applied: drawn for every cell";
  return array.wires.level == WireLevel::Exact && has_wires(array.wires)
             ? "applied: attenuated by the wires as at full input"
             : state;
}

std::string wires_state(const DeviceSpec& d, const ArraySpec& array) {
  if (array.wires.level == WireLevel::Ideal) return "not applicable: chip.wires.level is ideal";
  if (!has_wires(array.wires)) return "not applicable: no resistance given";
  if (array.wires.level == WireLevel::Line) return "applied: as distributed lines";
  return needs_cell_reads(d, array) ? "applied: by the exact solution of every read"
                                    : "applied: by the exact solution";
}

void analog_rows(std::vector<ValidityRow>& rows, const std::string& layer, const DeviceSpec& d,
                 const ArraySpec& array) {
  const auto add = [&](const char* effect, const std::string& state) {
    rows.push_back({layer, effect, state});
  };
  add("levels", d.levels > 0 ? "applied" : "not applicable: any conductance");
  add("programming_noise", state_of(d.programming.law != ProgrammingLaw::None, d.programming_noise));
  add("drift", drift_state(d));
  add("noise_1f", noise_1f_state(d));
  add("read_noise", read_noise_state(d, array));
  add("faults", state_of(d.faults.law != FaultLaw::None, d.faults_scale));
  add("telegraph", d.switches() ? "applied: a cell's state lasts for a pass"
                                : state_of(d.telegraph.law != TelegraphLaw::None, d.telegraph_scale));
  add("nonlinearity", nonlinearity_state(d, array));
  add("read_disturb", read_disturb_state(d));
  add("current_noise", current_noise_state(d));
  add("temperature", temperature_state(d));
  add("drift_compensation", compensation_state(d));
  add("wires", wires_state(d, array));
  add("converters", "applied");
}

/// Corrections of digital constants; rows for those that are asked for.
void correction_rows(std::vector<ValidityRow>& rows, const Stage& stage, const CalibrationOptions& options) {
  if (options.affine == AffineCorrection::Column)
    rows.push_back({stage.analog, "affine_correction", "applied"});
  if (options.adabs)
    rows.push_back({stage.analog, "adabs",
                    stage.result != stage.analog && !stage.signed_copies
                        ? "applied: to " + stage.result
                        : "not applicable: no batch norm is folded into it"});
}

/// Outside `noise_layers`, what the device would have done is off; what the array does stays.
void note_ideal_cells(std::vector<ValidityRow>& rows, std::size_t first, const std::string& layer,
                      const Experiment& experiment) {
  if (has_noise(experiment, layer)) return;
  std::vector<ValidityRow> configured;
  analog_rows(configured, layer, configured_device(experiment, layer), experiment.chip.analog);
  for (std::size_t i = 0; i < configured.size(); ++i)
    if (configured[i].effect != "wires" && configured[i].state != rows[first + i].state)
      rows[first + i].state = "not applicable: outside noise_layers";
}

}  // namespace

std::vector<ValidityRow> validity_table(const Program& program, const Experiment& experiment) {
  std::vector<ValidityRow> rows;
  for (const Stage& stage : program.stages) {
    if (!stage.analog.empty()) {
      const std::size_t first = rows.size();
      analog_rows(rows, stage.analog, device_for_layer(experiment, stage.analog), experiment.chip.analog);
      note_ideal_cells(rows, first, stage.analog, experiment);
      correction_rows(rows, stage, experiment.calibration);
    }
    for (const std::string& node : stage.digital)
      rows.push_back({node, "device and converter effects", "not applicable: computed by the vector unit"});
  }
  return rows;
}

namespace {

std::string bundle_state(const Graph& graph, const Node& bundle, const VectorSpec& vector, bool is_stored) {
  if (vector.format != NumberFormat::Int16)
    return "not applicable: " + std::string(to_string(vector.format)) + " values have an exponent";
  const int bits = bundle_bits(graph, bundle, vector);
  if (bits == 0) return "not applicable: a bundle of one slot";
  if (!is_stored) return "not applicable: the batch norm behind it is folded into the arrays' results";
  if (vector.bundle == BundleFormat::Wider) return "applied: " + std::to_string(16 + bits) + " bits";
  return "applied: " + std::to_string(bits) + " fraction bits fewer";
}

}  // namespace

std::vector<ValidityRow> bundle_validity(const Graph& graph, const Program& program,
                                         const VectorSpec& vector) {
  std::vector<ValidityRow> rows;
  if (vector.bundle == BundleFormat::Same) return rows;
  for (const Node& node : graph.nodes) {
    if (node.op != OpKind::Bundle) continue;
    bool is_stored = true;
    for (const Stage& stage : program.stages)
      if (stage.analog == node.name) is_stored = stage.result == node.name;
    rows.push_back({node.name, "vector.bundle", bundle_state(graph, node, vector, is_stored)});
  }
  return rows;
}

std::string noise_path(const Program& program, const Experiment& experiment) {
  bool by_column = false;
  std::string by_cell;
  for (const Stage& stage : program.stages) {
    if (stage.analog.empty()) continue;
    if (needs_cell_reads(device_for_layer(experiment, stage.analog), experiment.chip.analog))
      by_cell += (by_cell.empty() ? "" : ", ") + stage.analog;
    else
      by_column = true;
  }
  if (by_cell.empty()) return "exact column Gaussian (linear cells)";
  return by_column ? "cell by cell in " + by_cell + "; exact column Gaussian elsewhere" : "cell by cell";
}

}  // namespace mimosa
