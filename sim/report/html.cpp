// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "sim/report/analyses.hpp"
#include "sim/report/figures.hpp"
#include "sim/report/markup.hpp"
#include "sim/report/report.hpp"

namespace mimosa {
namespace {

constexpr const char* style = R"(
body { font: 15px/1.45 system-ui, sans-serif; color: #222; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .3rem; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .15rem 1.2rem .15rem 0; vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; } tr { border-bottom: 1px solid #e4e4e4; }
details { margin-top: 1rem; } pre { font-size: .75rem; overflow-x: auto; } code { font-size: .85rem; overflow-wrap: anywhere; } text { font: 13px system-ui, sans-serif; }
)";

/// A table of names and values.
class Rows {
 public:
  void add(const std::string& name, const std::string& value) {
    text_ += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td></tr>\n", escaped(name), escaped(value));
  }
  [[nodiscard]] std::string titled(const std::string& title) const {
    return fmt::format("<h3>{}</h3>\n<table>\n{}</table>\n", escaped(title), text_);
  }

 private:
  std::string text_;
};

std::string network_table(const RunResult& r) {
  Rows rows;
  rows.add("slots, inputs per pass", fmt::format("{}, {}", r.network.slots, r.network.inputs_per_pass));
  rows.add("weights", grouped(r.network.weights));
  rows.add("MAC per pass", grouped(r.network.macs_per_pass));
  rows.add("MAC per input", grouped(r.network.macs_per_input));
  rows.add("arrays used", fmt::format("{} of {}", r.mapping.arrays_used, r.mapping.arrays_total));
  rows.add("tiles used", fmt::format("{} of {}", r.mapping.tiles_used, r.mapping.tiles_total));
  rows.add("cells of these arrays used", percent(r.mapping.cell_utilisation, 1));
  rows.add("chip area", fmt::format("{:.4g} mm²", r.area_mm2));
  return rows.titled("Network and mapping");
}

std::string accuracy_table(const AccuracyResult& a) {
  Rows rows;
  rows.add("images", grouped(a.inputs));
  if (a.float_reference) rows.add("float reference", percent(*a.float_reference, 2));
  if (a.analog_ideal) rows.add("analog, converters only", percent(*a.analog_ideal, 2));
  if (!a.analog.empty()) {
    rows.add("analog with device effects, mean over chips", percent(a.analog_interval.mean, 2));
    if (const auto ci95 = a.chips_ci95())
      rows.add("  95 % interval over chips, these images", "± " + percent(*ci95, 2));
    if (a.inputs_ci95) rows.add("  95 % interval over images", "± " + percent(*a.inputs_ci95, 2));
  }
  for (std::size_t chip = 0; chip < a.analog.size(); ++chip)
    rows.add(fmt::format("  chip sample {}", chip), percent(a.analog[chip], 2));
  return rows.titled("Accuracy");
}

std::string timing_table(const TimingResult& t) {
  Rows rows;
  rows.add("clock", with_prefix(t.clock_hz, "Hz"));
  rows.add("latency of a pass", grouped(t.latency_cycles) + " cycles");
  rows.add("steady interval between passes",
           grouped(t.cycles_per_pass) + " cycles" + (t.steady ? "" : " (not yet steady)"));
  rows.add("cycles per input", grouped(t.cycles_per_input));
  rows.add("inputs per second", grouped(t.inputs_per_s));
  rows.add("bottleneck", t.bottleneck);
  rows.add("passes simulated", grouped(t.passes_simulated));
  return rows.titled("Timing");
}

/// One bar a component, the longest over the whole width.
std::string energy_chart(const EnergyResult& e) {
  const auto parts = shares(e.by_component);
  std::string bars;
  int y = 0;
  for (const auto& [key, share] : parts) {
    bars += fmt::format(
        "<text x=\"0\" y=\"{}\">{}</text><rect x=\"130\" y=\"{}\" width=\"{:.1f}\" height=\"14\" "
        "fill=\"#3b6ea5\"/><text x=\"{:.1f}\" y=\"{}\">{}, {}</text>\n",
        y + 12, escaped(component_name(key)), y, 380.0 * share / parts.front().second,
        138.0 + 380.0 * share / parts.front().second, y + 12, percent(share, 1),
        with_prefix(e.by_component.at(key), "J"));
    y += 20;
  }
  return fmt::format(
      "<svg width=\"700\" height=\"{}\" role=\"img\" aria-label=\"energy by component\">\n{}</svg>\n", y,
      bars);
}

std::string energy_part(const EnergyResult& e) {
  Rows rows;
  rows.add("per pass", with_prefix(e.per_pass_j, "J"));
  rows.add("per input", with_prefix(e.per_input_j, "J"));
  if (e.static_per_pass_j)
    rows.add("static, per pass, not in the above", with_prefix(*e.static_per_pass_j, "J"));
  return rows.titled("Energy") + energy_chart(e);
}

std::string binding_table(const BindingChoice& b) {
  Rows rows;
  for (const BindingForm& form : b.forms)
    rows.add(to_string(form.place) + std::string(form.place == b.chosen ? " (chosen)" : ""),
             form.refused.empty()
                 ? fmt::format("{} cycles and {} per pass, {} conversions", grouped(form.cycles_per_pass),
                               with_prefix(form.energy_per_pass_j, "J"), grouped(form.conversions_per_pass))
                 : form.refused);
  return rows.titled("Binding");
}

std::string baseline_table(const BaselineResult& b, bool timed) {
  Rows rows;
  if (timed) rows.add("inputs per second", times(b.speedup_cycles));
  rows.add("MAC per input, fewer", times(b.speedup_macs));
  if (b.saving_energy) rows.add("energy per input, less", times(*b.saving_energy));
  return rows.titled("Against " + b.network);
}

std::string validity_part(const RunResult& r) {
  std::string rows = "<tr><th>layer</th><th>effect</th><th>state</th></tr>\n";
  for (const ValidityRow& row : r.validity)
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(row.layer),
                        escaped(row.effect), escaped(row.state));
  return fmt::format(
      "<details><summary>Which effect reached which layer</summary>\n<table>\n{}</table>\n"
      "<p>Read noise: {}. Weight error if reads were clamped at zero: {:.3g} rms.</p></details>\n",
      rows, escaped(r.noise_path.empty() ? "none drawn" : r.noise_path), r.clamped_read_gap);
}

std::string provenance_table(const Provenance& p) {
  std::string rows;
  const auto add = [&](const char* name, const std::string& value) {
    rows += fmt::format("<tr><td>{}</td><td><code>{}</code></td></tr>\n", name,
                        escaped(value.empty() ? "none" : value));
  };
  add("version", p.version);
  add("results version", std::to_string(p.results_version));
  add("seed", std::to_string(p.seed));
  add("config SHA-256", p.config_sha256);
  add("weights SHA-256", p.weights_sha256);
  add("data SHA-256", p.dataset_sha256);
  return "<h3>Provenance</h3>\n<table>\n" + rows + "</table>\n";
}

std::string run_part(const RunResult& r) {
  std::string text =
      fmt::format("<h2>{}, N = {}, on {} with {}, {} after programming</h2>\n", escaped(r.network.name),
                  r.network.slots, escaped(r.chip), escaped(r.device), duration(r.device_time_s));
  text += network_table(r);
  if (r.accuracy) text += accuracy_table(*r.accuracy);
  if (r.timing) text += timing_table(*r.timing);
  if (r.energy) text += energy_part(*r.energy);
  if (r.binding) text += binding_table(*r.binding);
  if (r.baseline) text += baseline_table(*r.baseline, r.timing.has_value());
  if (r.diagnosis || r.error_budget)
    text += "<h3>Where the accuracy went</h3>\n<pre>" + escaped(analyses_text(r)) + "</pre>\n";
  if (!r.validity.empty()) text += validity_part(r);
  return text + provenance_table(r.provenance);
}

}  // namespace

std::string report_html(const std::vector<RunResult>& results, const std::string& title) {
  std::string body;
  for (const RunResult& r : results) body += run_part(r);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{0}</title>\n"
      "<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n{2}</body>\n</html>\n",
      escaped(title), style, body);
}

}  // namespace mimosa
