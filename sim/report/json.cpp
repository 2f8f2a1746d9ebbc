// SPDX-License-Identifier: Apache-2.0
#include "sim/report/analyses.hpp"
#include "sim/report/json_parts.hpp"
#include "sim/report/report.hpp"
#include "sim/report/wires.hpp"

namespace mimosa {
namespace {

/// a / b, or null where nothing was counted.
Json ratio(double a, double b) {
  return b > 0.0 ? Json(a / b) : Json(nullptr);
}

/// An empty text: the run had no such file.
Json known(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json network_json(const NetworkResult& n) {
  return {{"name", n.name},
          {"slots", n.slots},
          {"inputs_per_pass", n.inputs_per_pass},
          {"weights", n.weights},
          {"macs_per_pass", n.macs_per_pass},
          {"macs_per_input", n.macs_per_input}};
}

Json slots_json(const AccuracyResult& a) {
  if (a.slots.empty()) return nullptr;
  Json slots = Json::array();
  for (const SlotAccuracy& slot : a.slots)
    slots.push_back({{"inputs", slot.inputs},
                     {"mean", slot.inputs > 0 ? Json(slot.analog.mean) : Json(nullptr)},
                     {"ci95", a.chips_ci95() && slot.inputs > 0 ? Json(slot.analog.ci95) : Json(nullptr)}});
  return slots;
}

Json wrong_key_json(const AccuracyResult& a) {
  if (!a.wrong_key) return nullptr;
  return {{"mean", a.wrong_key->analog.mean},
          {"ci95", a.chips_ci95() ? Json(a.wrong_key->analog.ci95) : Json(nullptr)},
          {"inputs_ci95", maybe(a.wrong_key->inputs_ci95)},
          {"chance", a.wrong_key->chance}};
}

Json paired_json(const std::optional<PairedResult>& p) {
  if (!p) return nullptr;
  return {{"network", p->network},
          {"mean", p->difference.mean},
          {"ci95", p->chips > 1 ? Json(p->difference.ci95) : Json(nullptr)},
          {"chips", p->chips},
          {"inputs_ci95", maybe(p->inputs_ci95)}};
}

Json accuracy_json(const std::optional<AccuracyResult>& a) {
  if (!a) return nullptr;
  Json analog = nullptr;
  if (!a->analog.empty())
    analog = {{"mean", a->analog_interval.mean},
              {"ci95", maybe(a->chips_ci95())},
              {"chips", a->analog.size()},
              {"values", a->analog}};
  Json published = nullptr;
  if (a->published) published = {{"accuracy", a->published->accuracy}, {"source", a->published->source}};
  return {{"inputs", a->inputs},
          {"float", maybe(a->float_reference)},
          {"analog_ideal", maybe(a->analog_ideal)},
          {"analog", analog},
          {"inputs_ci95", maybe(a->inputs_ci95)},
          {"slots", slots_json(*a)},
          {"wrong_key", wrong_key_json(*a)},
          {"chance", maybe(a->chance)},
          {"published", published}};
}

Json timing_json(const std::optional<TimingResult>& t) {
  if (!t) return nullptr;
  return {{"clock_hz", t->clock_hz},
          {"latency_cycles", t->latency_cycles},
          {"cycles_per_pass", t->cycles_per_pass},
          {"cycles_per_input", t->cycles_per_input},
          {"inputs_per_s", t->inputs_per_s},
          {"steady", t->steady},
          {"bottleneck", t->bottleneck},
          {"passes_simulated", t->passes_simulated},
          {"events_per_mvm", ratio(static_cast<double>(t->events), static_cast<double>(t->mvms))}};
}

Json energy_json(const std::optional<EnergyResult>& e) {
  if (!e) return nullptr;
  return {{"per_pass_j", e->per_pass_j},
          {"per_input_j", e->per_input_j},
          {"by_component", e->by_component},
          {"by_boundary",
           {{"arrays_j", e->boundaries.arrays_j},
            {"chip_j", e->boundaries.chip_j},
            {"chip_and_io_j", e->boundaries.chip_and_io_j}}},
          {"static_per_pass_j", maybe(e->static_per_pass_j)}};
}

Json step_json(const std::optional<CalibrationStep>& s) {
  return s ? Json{{"mvms", s->mvms}, {"energy_j", maybe(s->energy_j)}, {"cycles", s->cycles}} : Json(nullptr);
}

Json calibration_json(const CalibrationResult& c) {
  return {{"drift_readout", step_json(c.drift_readout)},
          {"affine", step_json(c.affine)},
          {"adabs", step_json(c.adabs)}};
}

Json programming_json(const std::optional<ProgrammingResult>& p) {
  if (!p) return nullptr;
  return {{"devices", p->devices},
          {"pulses", p->pulses},
          {"mean_pulses", p->mean_pulses},
          {"time_s", p->time_s},
          {"energy_j", p->energy_j},
          {"assumption", "cells of a word line at once, word lines in turn, arrays at once"}};
}

Json baseline_json(const RunResult& r) {
  if (!r.baseline) return nullptr;
  return {{"network", r.baseline->network},
          {"speedup_cycles", r.timing ? Json(r.baseline->speedup_cycles) : Json(nullptr)},
          {"speedup_macs", r.baseline->speedup_macs},
          {"saving_energy", maybe(r.baseline->saving_energy)}};
}

Json binding_json(const std::optional<BindingChoice>& b) {
  if (!b) return nullptr;
  Json forms = Json::array();
  for (const BindingForm& form : b->forms) {
    const bool fits = form.refused.empty();
    forms.push_back({{"form", to_string(form.place)},
                     {"cycles_per_pass", fits ? Json(form.cycles_per_pass) : Json(nullptr)},
                     {"energy_per_pass_j", fits ? Json(form.energy_per_pass_j) : Json(nullptr)},
                     {"adc_conversions_per_pass", fits ? Json(form.conversions_per_pass) : Json(nullptr)},
                     {"arrays", fits ? Json(form.arrays) : Json(nullptr)},
                     {"refused", known(form.refused)}});
  }
  return {{"chosen", to_string(b->chosen)}, {"forms", forms}};
}

Json unshared_json(const std::optional<UnsharedResult>& u) {
  if (!u) return nullptr;
  return {{"stages", u->stages},
          {"energy_per_input_j", maybe(u->energy_per_input_j)},
          {"energy_share", maybe(u->energy_share)},
          {"cycles_per_input", u->cycles_per_input},
          {"busiest", u->busiest},
          {"speedup_limit", maybe(u->speedup_limit)},
          {"saving_limit", maybe(u->saving_limit)}};
}

Json attention_json(const RunResult& r) {
  if (!r.attention) return nullptr;
  const AttentionResult& a = *r.attention;
  return {{"grid", a.grid_m > 0 ? Json{a.grid_m, a.grid_n} : Json(nullptr)},
          {"signs", known(a.signs)},
          {"stationary_share", a.stationary_share()},
          {"macs_per_input",
           {{"arrays", a.array_macs},
            {"matrix_unit", a.matrix_macs},
            {"closed_form",
             {{"stationary", a.stationary_macs},
              {"state", a.state_macs},
              {"numerator", a.numerator_macs},
              {"denominator", a.denominator_macs},
              {"softmax", a.softmax_macs}}}}},
          {"cycles_per_input_of_busiest", {{"arrays", a.array_cycles}, {"matrix_unit", a.matrix_cycles}}},
          {"matrix_energy_per_input_j", a.matrix_energy_j}};
}

Json arrival_json(const std::optional<ArrivalResult>& a) {
  if (!a) return nullptr;
  return {{"arrival_per_s", a->arrival_per_s},
          {"keeps_up", a->keeps_up},
          {"fill_wait_mean_s", a->fill_wait_mean_s},
          {"fill_wait_first_s", a->fill_wait_first_s},
          {"response_mean_s", a->response_mean_s}};
}

/// Inputs per second and mm² of the whole chip. The baseline runs on the same chip, replicated into its
/// arrays: compared at equal area.
Json density_json(const RunResult& r) {
  return r.timing && r.area_mm2 > 0.0 ? Json(r.timing->inputs_per_s / r.area_mm2) : Json(nullptr);
}

Json validity_json(const std::vector<ValidityRow>& rows) {
  Json list = Json::array();
  for (const ValidityRow& row : rows)
    list.push_back({{"layer", row.layer}, {"effect", row.effect}, {"state", row.state}});
  return list;
}

Json provenance_json(const Provenance& p) {
  return {{"version", p.version},
          {"results_version", p.results_version},
          {"seed", p.seed},
          {"config_sha256", p.config_sha256},
          {"weights_sha256", known(p.weights_sha256)},
          {"dataset_sha256", known(p.dataset_sha256)}};
}

Json layers_json(const std::vector<LayerResult>& layers) {
  Json list = Json::array();
  for (const LayerResult& l : layers)
    list.push_back({{"name", l.name},
                    {"arrays", l.arrays},
                    {"replicas", l.replicas},
                    {"cells_used", l.cells_used},
                    {"mvms_per_pass", l.mvms},
                    {"busy_cycles_per_pass", l.busy_cycles},
                    {"energy_per_pass_j", maybe(l.energy_j)},
                    {"first_pass_begin", maybe(l.first_begin)},
                    {"first_pass_end", maybe(l.first_end)}});
  return list;
}

Json mesh_json(const MeshResult& mesh) {
  Json tiles = Json::array();
  for (const TileResult& t : mesh.tiles)
    tiles.push_back({{"tile", t.tile},
                     {"layers", t.layers},
                     {"cells_used", t.cells_used},
                     {"busy", maybe(t.busy)},
                     {"energy_per_pass_j", maybe(t.energy_j)},
                     {"first_pass_begin", maybe(t.first_begin)},
                     {"first_pass_end", maybe(t.first_end)}});
  return {{"rows", mesh.rows}, {"cols", mesh.cols}, {"tiles", tiles}};
}

Json run_json(const RunResult& r) {
  return {{"network", network_json(r.network)},
          {"chip", r.chip},
          {"device", {{"name", r.device}, {"time_s", r.device_time_s}}},
          {"accuracy", accuracy_json(r.accuracy)},
          {"paired", paired_json(r.paired)},
          {"timing", timing_json(r.timing)},
          {"energy", energy_json(r.energy)},
          {"area", {{"total_mm2", r.area_mm2}, {"by_part_mm2", r.area_by_part}}},
          {"estimates", r.estimates},
          {"utilisation",
           {{"arrays_used", r.mapping.arrays_used},
            {"arrays_total", r.mapping.arrays_total},
            {"tiles_used", r.mapping.tiles_used},
            {"tiles_total", r.mapping.tiles_total},
            {"cells", r.mapping.cell_utilisation}}},
          {"layers", layers_json(r.layers)},
          {"mesh", mesh_json(r.mesh)},
          {"inputs_per_s_per_mm2", density_json(r)},
          {"binding", binding_json(r.binding)},
          {"baseline", baseline_json(r)},
          {"attention", attention_json(r)},
          {"unshared", unshared_json(r.unshared)},
          {"workload", arrival_json(r.arrival)},
          {"calibration", calibration_json(r.calibration)},
          {"programming", programming_json(r.programming)},
          {"wires", wires_json(r.wires)},
          {"counts_per_pass", r.counts},
          {"validity", validity_json(r.validity)},
          {"diagnose", diagnosis_json(r.diagnosis)},
          {"error_budget", error_budget_json(r.error_budget)},
          {"noise", {{"path", known(r.noise_path)}, {"clamped_read_gap", r.clamped_read_gap}}},
          {"provenance", provenance_json(r.provenance)}};
}

}  // namespace

std::string report_json(const std::vector<RunResult>& results, int indent) {
  Json runs = Json::array();
  for (const RunResult& result : results) runs.push_back(run_json(result));
  const Json report = runs.size() == 1 ? runs[0] : Json{{"runs", runs}};
  return report.dump(indent, ' ', false, Json::error_handler_t::replace) + (indent < 0 ? "" : "\n");
}

}  // namespace mimosa
