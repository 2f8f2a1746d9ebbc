// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <fmt/format.h>

#include "sim/report/analyses.hpp"
#include "sim/report/comparison.hpp"
#include "sim/report/figures.hpp"
#include "sim/report/report.hpp"
#include "sim/report/wires.hpp"

namespace mimosa {
namespace {

constexpr std::size_t right_column = 72;

/// Letters, not bytes: the texts hold × and ± in UTF-8.
std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  for (const char c : text) width += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
  return width;
}

std::string line(const std::string& label, const std::string& left, const std::string& right = "") {
  std::string text = fmt::format("{:<11}{}", label, left);
  if (!right.empty()) {
    const std::size_t width = width_of(text);
    text += std::string(width + 3 > right_column ? 3 : right_column - width, ' ') + right;
  }
  return text + '\n';
}

std::string heading(const RunResult& r) {
  const NetworkResult& n = r.network;
  const std::string mode =
      n.inputs_per_pass == n.slots ? "" : fmt::format(", {} inputs/pass", n.inputs_per_pass);
  return fmt::format("{}   N={}{}   chip {}   device {}, {} after programming\n", n.name, n.slots, mode,
                     r.chip, r.device, duration(r.device_time_s));
}

std::string network_line(const RunResult& r) {
  return line(
      "network",
      fmt::format("{} weights, {} MAC/input", grouped(r.network.weights), grouped(r.network.macs_per_input)),
      fmt::format("compiled to {} of {} arrays on {} tiles, {} used",
                  grouped(std::int64_t{r.mapping.arrays_used}), grouped(std::int64_t{r.mapping.arrays_total}),
                  r.mapping.tiles_used, percent(r.mapping.cell_utilisation, 1)));
}

std::string accuracy_line(const std::optional<AccuracyResult>& a) {
  if (!a) return line("accuracy", "not asked for");
  std::string text;
  if (a->float_reference) text += "float " + percent(*a->float_reference, 2) + "   ";
  if (a->analog_ideal) text += "analog ideal " + percent(*a->analog_ideal, 2) + "   ";
  if (!a->analog.empty()) {
    text += "with noise " + noisy_accuracy(*a);
    text += fmt::format(" ({} chip{} × {} inputs)", a->analog.size(), a->analog.size() > 1 ? "s" : "",
                        grouped(a->inputs));
  }
  return line("accuracy", text);
}

/// Where the vector unit's fixed point cuts off more than rounding would explain.
std::string saturation_line(const SaturationResult& saturation) {
  constexpr double worth_telling = 0.001;
  const LayerSaturation* worst = nullptr;
  int layers = 0;
  for (const LayerSaturation& layer : saturation.layers) {
    if (layer.worst() < worth_telling) continue;
    ++layers;
    if (worst == nullptr || layer.worst() > worst->worst()) worst = &layer;
  }
  if (worst == nullptr) return {};
  const std::string where =
      worst->layer + (layers > 1 ? fmt::format(", the worst of {} layers", layers) : std::string());
  if (worst->sums.share() >= worst->values.share())
    return line("cut off", fmt::format("{} of the sums of codes in {}: beyond 16 bits, in whole codes",
                                       percent(worst->worst(), 1), where));
  return line("cut off",
              fmt::format("{} of the values in {}: beyond ±{:g}, all that int16 holds with "
                          "chip.vector.fraction_bits {}",
                          percent(worst->worst(), 1), where, std::ldexp(1.0, 15 - saturation.fraction_bits),
                          saturation.fraction_bits));
}

std::string timing_line(const RunResult& r) {
  if (!r.timing) return line("timing", "not asked for");
  const TimingResult& t = *r.timing;
  const std::string left =
      fmt::format("{} cycles/pass, {} cycles/input → {} inputs/s at {}{}", grouped(t.cycles_per_pass),
                  grouped(t.cycles_per_input), grouped(t.inputs_per_s), with_prefix(t.clock_hz, "Hz"),
                  t.steady ? "" : " (not yet steady: raise timed_passes)");
  return line("timing", left, r.baseline ? "against N=1: " + times(r.baseline->speedup_cycles) : "");
}

std::string energy_line(const RunResult& r) {
  if (!r.energy) return line("energy", "not asked for");
  std::string text = with_prefix(r.energy->per_input_j, "J") + "/input";
  double rest = 0.0;
  const char* separator = ": ";
  for (const auto& [key, share] : shares(r.energy->by_component)) {
    if (share < 0.005) {
      rest += share;
      continue;
    }
    text += separator + component_name(key) + ' ' + percent(share, 0);
    separator = ", ";
  }
  if (rest >= 0.005) text += ", other " + percent(rest, 0);
  return line(
      "energy", text,
      r.baseline && r.baseline->saving_energy ? "against N=1: " + times(*r.baseline->saving_energy) : "");
}

/// What of attention is in arrays, and what its MACs became: fewer, but not by the number of sequences.
std::string attention_line(const RunResult& r) {
  if (!r.attention) return {};
  const AttentionResult& a = *r.attention;
  std::string text = a.grid_m * a.grid_n > 1 ? fmt::format("{} × {} sequences at once; ", a.grid_m, a.grid_n)
                                             : std::string();
  text += fmt::format("{} of the MACs in arrays, {} in matrix units", percent(a.stationary_share(), 0),
                      percent(1.0 - a.stationary_share(), 0));
  return line("attention", text, r.baseline ? "MACs against N=1: " + times(r.baseline->speedup_macs) : "");
}

/// What does not shrink with the number of slots, and what that leaves at best.
std::string unshared_line(const RunResult& r) {
  if (!r.unshared || !r.energy) return {};
  const UnsharedResult& u = *r.unshared;
  std::string limits;
  if (u.speedup_limit && u.saving_limit)
    limits = fmt::format("at most {}, energy {}", times(*u.speedup_limit), times(*u.saving_limit));
  return line("unshared",
              (u.energy_share ? percent(*u.energy_share, 0) + " of the energy; " : "") +
                  fmt::format("{} cycles/input in {}", grouped(u.cycles_per_input), u.busiest),
              limits);
}

/// How slots are bound, if the compiler chose, and what each form would take.
std::string binding_line(const RunResult& r) {
  if (!r.binding) return {};
  std::string text = fmt::format("{} chosen", to_string(r.binding->chosen));
  const char* separator = ": ";
  for (const BindingForm& form : r.binding->forms) {
    text += fmt::format("{}{} ", separator, to_string(form.place));
    text += form.refused.empty() ? fmt::format("{} cycles/pass, {}", grouped(form.cycles_per_pass),
                                               with_prefix(form.energy_per_pass_j, "J"))
                                 : "not possible";
    separator = "; ";
  }
  return line("binding", text);
}

std::string arrival_line(const RunResult& r) {
  if (!r.arrival) return {};
  const ArrivalResult& a = *r.arrival;
  if (!a.keeps_up)
    return line("arrival", fmt::format("{}/s is more than the chip takes: waiting grows without end",
                                       grouped(a.arrival_per_s)));
  return line("arrival", fmt::format("{}/s: {} until a pass is full, mean; with the chip's latency {}",
                                     grouped(a.arrival_per_s), with_prefix(a.fill_wait_mean_s, "s"),
                                     with_prefix(a.response_mean_s, "s")));
}

}  // namespace

std::string noisy_accuracy(const AccuracyResult& a) {
  const std::string mean = percent(a.analog_interval.mean, 2);
  const std::optional<double> ci95 = a.chips_ci95();
  return ci95 ? fmt::format("{} ± {:.2f}", mean, 100.0 * *ci95) : mean;
}

std::string summary_text(const std::vector<RunResult>& results, const std::string& report_path) {
  std::string text;
  for (const RunResult& r : results) {
    if (!text.empty()) text += '\n';
    text += heading(r) + network_line(r) + accuracy_line(r.accuracy) + saturation_line(r.saturation) +
            timing_line(r) + energy_line(r) + attention_line(r) + binding_line(r) + unshared_line(r) +
            arrival_line(r);
  }
  if (!results.empty() && !results.front().estimates.empty())
    text += line("rests on", fmt::format("{} values of chip and device that are estimates, in report.json",
                                         results.front().estimates.size()));
  if (!report_path.empty()) text += line("report", report_path + ", report.html");
  text += comparison_text(results);
  for (const RunResult& r : results) {
    const std::string analyses = analyses_text(r);
    if (!analyses.empty() && results.size() > 1) text += '\n' + heading(r);
    text += analyses;
  }
  return text;
}

std::string validity_text(const std::vector<RunResult>& results) {
  std::string text;
  for (const RunResult& result : results) {
    if (result.validity.empty()) continue;
    text += fmt::format("\neffects    {}\n", result.network.name);
    std::string layer;
    for (const ValidityRow& row : result.validity) {
      text += fmt::format("  {:<20} {:<34} {}\n", row.layer == layer ? "" : row.layer, row.effect, row.state);
      layer = row.layer;
    }
    text += wires_text(result);
  }
  return text;
}

std::string speed_text(const std::vector<RunResult>& results) {
  std::string text;
  for (const RunResult& r : results) {
    if (!r.timing || r.timing->mvms == 0 || r.timing->wall_s <= 0.0) continue;
    const auto mvms = static_cast<double>(r.timing->mvms);
    text += text.empty() ? "\n" : "";
    text += line(text == "\n" ? "speed" : "",
                 fmt::format("{}: {} MVMs/s, {:.2f} events an MVM, in the SystemC chip", r.network.name,
                             grouped(mvms / r.timing->wall_s), static_cast<double>(r.timing->events) / mvms));
  }
  return text;
}

std::string estimates_text(const std::vector<RunResult>& results) {
  if (results.empty() || results.front().estimates.empty()) return {};
  std::string text = "\nestimates\n";
  for (const std::string& key : results.front().estimates) text += "  " + key + '\n';
  return text;
}

}  // namespace mimosa
