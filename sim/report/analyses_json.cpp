// SPDX-License-Identifier: Apache-2.0
#include "sim/report/analyses.hpp"
#include "sim/report/json_parts.hpp"

namespace mimosa {
namespace {

template <class T, class Write>
Json list(const std::vector<T>& items, const Write& write) {
  Json all = Json::array();
  for (const T& item : items) all.push_back(write(item));
  return all;
}

Json images_json(std::int64_t count, std::int64_t first, bool shared) {
  return {{"split", "held_out"}, {"count", count}, {"first", first}, {"shared_with_calibration", shared}};
}

Json codes_json(const CodeUse& use) {
  return {{"values", use.values},
          {"clip_rate", use.clip_rate},
          {"limit_share", use.limit_share},
          {"codes_used", use.codes_used},
          {"codes_available", use.codes_available},
          {"entropy_bits", use.entropy_bits},
          {"quantiles", use.quantiles}};
}

Json slot_json(const SlotNoise& slot) {
  return {{"slot", slot.slot},
          {"signal_power", slot.signal_power},
          {"causes", list(slot.causes, [](const CauseNoise& c) {
             return Json{{"cause", c.cause}, {"noise_power", c.noise_power}, {"snr_db", maybe(c.snr_db)}};
           })}};
}

Json layer_json(const LayerDiagnosis& layer) {
  return {{"layer", layer.layer},
          {"superposed", layer.superposed},
          {"dac", codes_json(layer.dac)},
          {"adc", codes_json(layer.adc)},
          {"slots", list(layer.slots, slot_json)}};
}

Json layer_error_json(const SlotCrosstalk& slot, const LayerErrorTerm& term) {
  Json partners = Json::array();
  for (std::size_t i = 0; i < term.partner_power.size(); ++i)
    partners.push_back({{"input", slot.partners[i].input}, {"power", term.partner_power[i]}});
  return {{"layer", term.layer}, {"error_power", term.error_power}, {"partners", partners}};
}

Json crosstalk_json(const SlotCrosstalk& slot) {
  return {
      {"slot", slot.slot},
      {"input", slot.input},
      {"signal_power", slot.signal_power},
      {"own_error_power", slot.own_error_power},
      {"partners",
       list(slot.partners,
            [](const PartnerTerm& p) {
              return Json{{"input", p.input}, {"float_power", p.float_power}, {"chip_power", p.chip_power}};
            })},
      {"layers", list(slot.layers, [&](const LayerErrorTerm& t) { return layer_error_json(slot, t); })}};
}

Json difference_json(const PairedDifference& d) {
  return {{"mean", d.chips.mean}, {"ci95", d.chips.ci95}, {"inputs_ci95", d.inputs_ci95}};
}

}  // namespace

Json diagnosis_json(const std::optional<DiagnosisResult>& d) {
  if (!d) return nullptr;
  return {{"images", images_json(d->inputs, d->first_image, d->shared_with_calibration)},
          {"chip_sample", 0},
          {"layers", list(d->layers, layer_json)},
          {"crosstalk", d->crosstalk.empty() ? Json(nullptr) : list(d->crosstalk, crosstalk_json)}};
}

Json error_budget_json(const std::optional<ErrorBudgetResult>& b) {
  if (!b) return nullptr;
  return {{"images", images_json(b->inputs, b->first_image, b->shared_with_calibration)},
          {"chips", b->chips},
          {"runs", b->runs},
          {"half_width", b->half_width},
          {"pilot_chips", b->pilot_chips},
          {"planned_chips", maybe(b->planned_chips)},
          {"planned_inputs", maybe(b->planned_inputs)},
          {"achieved_half_width", b->achieved_half_width},
          {"achieved_inputs_half_width", b->achieved_inputs_half_width},
          {"float", b->float_reference},
          {"without_effects", b->without_effects},
          {"with_effects", {{"mean", b->with_effects.mean}, {"ci95", b->with_effects.ci95}}},
          {"total", difference_json(b->total)},
          {"rows", list(b->rows, [](const BudgetRow& row) {
             return Json{{"effect", row.effect},
                         {"layer", row.layer},
                         {"alone", difference_json(row.alone)},
                         {"without", difference_json(row.without)}};
           })}};
}

}  // namespace mimosa
