// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "models/base/portable_math.hpp"
#include "sim/report/analyses.hpp"
#include "sim/report/figures.hpp"

namespace mimosa {
namespace {

/// Rows of cells; the first column stands left, the others right.
class Table {
 public:
  explicit Table(std::vector<std::string> head) { add(std::move(head)); }
  void add(std::vector<std::string> row) {
    widths_.resize(std::max(widths_.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c) widths_[c] = std::max(widths_[c], letters(row[c]));
    rows_.push_back(std::move(row));
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const auto& row : rows_) {
      std::string line = "  ";
      for (std::size_t c = 0; c < row.size(); ++c) {
        const std::string gap(widths_[c] - letters(row[c]), ' ');
        line += c == 0 ? row[c] + gap : "  " + gap + row[c];
      }
      line.erase(line.find_last_not_of(' ') + 1);
      all += line + '\n';
    }
    return all;
  }

 private:
  /// Of UTF-8: ± is one.
  static std::size_t letters(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  }
  std::vector<std::size_t> widths_;
  std::vector<std::vector<std::string>> rows_;
};

std::string decibel(double signal, double noise) {
  if (noise <= 0.0 || signal <= 0.0) return "-";
  return fmt::format("{:.1f}", 10.0 / 2.302585092994046 * portable_log(signal / noise));
}

std::string images_text(std::int64_t count, std::int64_t first, bool shared) {
  return fmt::format("{} held-out images from {} on{}", grouped(count), grouped(first),
                     shared ? ", shared with the calibration" : "");
}

/// Causes of all layers in the order in which they stand there.
std::vector<std::string> causes_of(const DiagnosisResult& d) {
  std::vector<std::string> all;
  for (const LayerDiagnosis& layer : d.layers)
    for (const SlotNoise& slot : layer.slots)
      for (const CauseNoise& c : slot.causes)
        if (std::find(all.begin(), all.end(), c.cause) == all.end()) all.push_back(c.cause);
  return all;
}

std::string noise_table(const DiagnosisResult& d) {
  const std::vector<std::string> causes = causes_of(d);
  std::vector<std::string> head = {"layer", "slot"};
  head.insert(head.end(), causes.begin(), causes.end());
  Table table(head);
  for (const LayerDiagnosis& layer : d.layers)
    for (const SlotNoise& slot : layer.slots) {
      std::vector<std::string> row = {layer.layer, std::to_string(slot.slot)};
      for (const std::string& cause : causes) {
        const auto found = std::find_if(slot.causes.begin(), slot.causes.end(),
                                        [&](const CauseNoise& c) { return c.cause == cause; });
        const bool known = found != slot.causes.end() && found->snr_db;
        row.push_back(known ? fmt::format("{:.1f}", *found->snr_db) : "-");
      }
      table.add(row);
    }
  return table.text();
}

/// Two digits, and none that no one asks for below a thousandth of a percent.
std::string rare(double share) {
  return share > 0.0 && share < 1e-5 ? "< 0.001 %" : fmt::format("{:.2g} %", 100.0 * share);
}

std::vector<std::string> code_cells(const CodeUse& use) {
  return {rare(use.clip_rate), rare(use.limit_share),
          percent(static_cast<double>(use.codes_used) / static_cast<double>(use.codes_available), 0),
          fmt::format("{:.1f}", use.entropy_bits),
          fmt::format("{:.2f} {:.2f} {:.2f}", use.quantiles[1], use.quantiles[2], use.quantiles[3])};
}

std::string code_table(const DiagnosisResult& d) {
  Table table({"layer", "converter", "clipped", "at limits", "codes used", "entropy, bits", "quartiles"});
  for (const LayerDiagnosis& layer : d.layers)
    for (const bool dac : {true, false}) {
      std::vector<std::string> row = {layer.layer, dac ? "DAC" : "ADC"};
      for (std::string& cell : code_cells(dac ? layer.dac : layer.adc)) row.push_back(std::move(cell));
      table.add(row);
    }
  return table.text();
}

std::string crosstalk_table(const std::vector<SlotCrosstalk>& slots) {
  std::vector<std::string> head = {"error from"};
  std::vector<std::string> own = {"own, all layers"};
  const std::size_t layers = slots.front().layers.size();
  std::vector<std::vector<std::string>> rows(layers);
  std::vector<std::string> float_row = {"partner in the float network"}, chip_row = {"partner on the chip"};
  for (const SlotCrosstalk& slot : slots) {
    head.push_back(fmt::format("slot {}", slot.slot));
    own.push_back(decibel(slot.signal_power, slot.own_error_power));
    float_row.emplace_back();
    chip_row.emplace_back();
    for (std::size_t l = 0; l < layers; ++l)
      rows[l].push_back(decibel(slot.signal_power, slot.layers[l].error_power));
    for (std::size_t p = 0; p < slot.partners.size(); ++p) {
      const PartnerTerm& partner = slot.partners[p];
      head.push_back(fmt::format("← input {}", partner.input));
      own.emplace_back();
      float_row.push_back(decibel(slot.signal_power, partner.float_power));
      chip_row.push_back(decibel(slot.signal_power, partner.chip_power));
      for (std::size_t l = 0; l < layers; ++l)
        rows[l].push_back(decibel(slot.signal_power, slot.layers[l].partner_power[p]));
    }
  }
  Table table(head);
  for (auto& row : {float_row, chip_row, own}) table.add(row);
  for (std::size_t l = 0; l < layers; ++l) {
    rows[l].insert(rows[l].begin(), slots.front().layers[l].layer + " alone");
    table.add(rows[l]);
  }
  return table.text();
}

std::string diagnosis_text(const DiagnosisResult& d) {
  std::string text =
      fmt::format("\ndiagnosis  {}, chip sample 0\nSNR at the layer's output in dB\n{}",
                  images_text(d.inputs, d.first_image, d.shared_with_calibration), noise_table(d));
  text += "Codes of the converters\n" + code_table(d);
  if (!d.crosstalk.empty())
    text +=
        "Unbound output: dB by which the slot's own signal is above an error, and above what a partner "
        "changes\n" +
        crosstalk_table(d.crosstalk);
  return text;
}

std::string points(const PairedDifference& d) {
  return fmt::format("{:.2f} ± {:.2f}", 100.0 * d.chips.mean, 100.0 * d.chips.ci95);
}

/// Layers × effects of one of the two figures.
std::string layer_table(const ErrorBudgetResult& b, PairedDifference BudgetRow::*figure) {
  std::vector<std::string> effects, layers;
  for (const BudgetRow& row : b.rows) {
    if (row.layer == "all") continue;
    if (std::find(effects.begin(), effects.end(), row.effect) == effects.end()) effects.push_back(row.effect);
    if (std::find(layers.begin(), layers.end(), row.layer) == layers.end()) layers.push_back(row.layer);
  }
  std::vector<std::string> head = {"layer"};
  head.insert(head.end(), effects.begin(), effects.end());
  Table table(head);
  for (const std::string& layer : layers) {
    std::vector<std::string> cells = {layer};
    for (const std::string& effect : effects) {
      const auto row = std::find_if(b.rows.begin(), b.rows.end(), [&](const BudgetRow& r) {
        return r.layer == layer && r.effect == effect;
      });
      cells.push_back(row == b.rows.end() ? "-" : fmt::format("{:.2f}", 100.0 * ((*row).*figure).chips.mean));
    }
    table.add(cells);
  }
  return table.text();
}

std::string budget_text(const ErrorBudgetResult& b) {
  std::string text = fmt::format(
      "\nbudget     {}, {} chip{}, {} runs\n"
      "           float {}, no effect {}, all effects {} ± {:.2f}: {} points lost\n",
      images_text(b.inputs, b.first_image, b.shared_with_calibration), b.chips, b.chips == 1 ? "" : "s",
      grouped(b.runs), percent(b.float_reference, 2), percent(b.without_effects, 2),
      percent(b.with_effects.mean, 2), 100.0 * b.with_effects.ci95, points(b.total));
  if (b.planned_chips)
    text += fmt::format(
        "           for ± {:.2g} points: {} chips, {} images planned; achieved ± {:.2f} over chips, ± {:.2f} "
        "over images\n",
        100.0 * b.half_width, grouped(*b.planned_chips), grouped(*b.planned_inputs),
        100.0 * b.achieved_half_width, 100.0 * b.achieved_inputs_half_width);
  text += "Points lost by an effect alone, and won by taking it away\n";
  Table table({"effect", "alone", "taken away"});
  for (const BudgetRow& row : b.rows)
    if (row.layer == "all") table.add({row.effect, points(row.alone), points(row.without)});
  text += table.text();
  text += "By layer, alone\n" + layer_table(b, &BudgetRow::alone);
  return text + "By layer, taken away\n" + layer_table(b, &BudgetRow::without);
}

}  // namespace

std::string analyses_text(const RunResult& result) {
  std::string text;
  if (result.diagnosis) text += diagnosis_text(*result.diagnosis);
  if (result.error_budget) text += budget_text(*result.error_budget);
  return text;
}

}  // namespace mimosa
