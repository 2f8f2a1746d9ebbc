// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sweep_text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "models/base/error.hpp"
#include "sim/cli/sweep_progress.hpp"
#include "sim/report/figures.hpp"
#include "sim/report/markup.hpp"
#include "sim/report/report.hpp"
#include "sim/sweep/estimate.hpp"
#include "sim/sweep/figures.hpp"

namespace mimosa {
namespace {

using Json = nlohmann::json;

std::string accuracy_text(const Json& accuracy) {
  if (!accuracy.is_object() || !accuracy["analog"].is_object()) return "";
  const Json& analog = accuracy["analog"];
  AccuracyResult result;
  result.analog = analog["values"].get<std::vector<double>>();
  result.analog_interval = {analog["mean"], analog["ci95"].is_number() ? analog["ci95"].get<double>() : 0.0};
  return "   " + noisy_accuracy(result);
}

std::string report_text(const Json& report) {
  std::string text = accuracy_text(report["accuracy"]);
  if (report["timing"].is_object())
    text += fmt::format("   {} inputs/s", grouped(report["timing"]["inputs_per_s"].get<double>()));
  if (report["energy"].is_object())
    text += fmt::format("   {}/input", with_prefix(report["energy"]["per_input_j"], "J"));
  return text;
}

std::string figures_text(const Json& figures) {
  std::string text;
  for (const auto& [name, value] : figures.items())
    if (name != "network") text += fmt::format("   {} {}", name, printable(value.dump()));
  return text;
}

}  // namespace

std::string point_text(const std::string& axes, const Json& line) {
  if (line.contains("error"))
    return axes + "   failed: " + printable(line["error"].get<std::string>()) + '\n';
  const bool whole = line.contains("report");
  const std::vector<Json> networks =
      whole ? reports_of(line["report"]) : std::vector<Json>(line["figures"].begin(), line["figures"].end());
  std::string text;
  for (const Json& one : networks) {
    const std::string name = whole ? one["network"]["name"] : one["network"];
    text += axes + (networks.size() > 1 ? "   " + printable(name) : "") +
            (whole ? report_text(one) : figures_text(one)) + '\n';
  }
  return text;
}

std::string front_text(const Expansion& expansion, const std::vector<FrontPoint>& front) {
  constexpr std::size_t shown = 20;
  std::string text;
  if (!front.empty()) {
    std::set<std::size_t> points;  // whatever their repeats; sweep.where may leave some of these out
    for (std::size_t i = 0; i < expansion.size(); ++i) points.insert(expansion.sample(i));
    text = fmt::format("front      {} of {} points\n", front.size(), points.size());
  }
  for (std::size_t i = 0; i < std::min(front.size(), shown); ++i) {
    std::string line;
    for (std::size_t o = 0; o < front[i].values.size(); ++o)
      line += fmt::format("{} {:.6g}   ", expansion.plan().spec.objectives[o].figure, front[i].values[o]);
    text +=
        fmt::format("           {}{}\n", line, printable(to_text(expansion.axes(front[i].points.front()))));
  }
  if (front.size() > shown)
    text += fmt::format("           and {} more: column front\n", front.size() - shown);
  return text;
}

std::string lump_note(Expansion& points) {
  const Experiment first = points.experiment(0);
  for (const auto& [key, value] : points.axes(0))
    if (key.starts_with("chip.adc.") && first.chip.mvm.model == MvmCostModel::Lump)
      return fmt::format(
          "note       time and energy of an MVM on {} are a published lump (chip.mvm.cost) that no {} "
          "changes\n",
          first.chip.name, key);
  return {};
}

std::string damage_text(const std::vector<Damage>& damages, std::size_t other_versions) {
  std::string text;
  const auto torn = std::count_if(damages.begin(), damages.end(), [](const Damage& d) { return d.torn; });
  const auto spoilt = static_cast<std::ptrdiff_t>(damages.size()) - torn;
  const auto first = [&](bool is_torn) {
    return *std::find_if(damages.begin(), damages.end(), [&](const Damage& d) { return d.torn == is_torn; });
  };
  if (torn > 0)
    text += fmt::format("mimosa: {}: the last line is torn{}; set aside\n", first(true).file,
                        torn > 1 ? fmt::format(", and of {} other journals", torn - 1) : "");
  if (spoilt > 0)
    text += fmt::format("mimosa: {}:{}: a damaged line{}; set aside, its point counts as not done\n",
                        first(false).file, first(false).line,
                        spoilt > 1 ? fmt::format(", and {} others", spoilt - 1) : "");
  if (other_versions > 0)
    text +=
        fmt::format("mimosa: {} results are of another results version and count no more\n", other_versions);
  return text;
}

std::string announcement(Expansion& expansion, const StoreContents& contents, const SweepTodo& todo,
                         std::size_t reused, int jobs) {
  const std::size_t before = todo.total - todo.points.size() - reused - todo.failed;
  std::string text = fmt::format("{} point{}", todo.total, todo.total == 1 ? "" : "s");
  if (todo.total < expansion.size()) text += fmt::format(" of {}", expansion.size());
  const SweepSpec& spec = expansion.plan().spec;
  const auto drawn = static_cast<std::size_t>(spec.points) * static_cast<std::size_t>(spec.repeats);
  if (spec.method != SweepMethod::Grid && expansion.size() < drawn)
    text += fmt::format(
        " ({} were drawn; those that stand twice, or that sweep.where leaves out, do not count)", drawn);
  if (before > 0) text += fmt::format(", {} of them done before", before);
  if (todo.failed > 0)
    text += fmt::format(", {} of them failed before (--retry-failed runs such points again)", todo.failed);
  if (reused > 0) text += fmt::format(", {} taken from other sweeps", reused);
  if (todo.points.empty()) return text;
  text += fmt::format(", {} at a time", std::min(static_cast<std::size_t>(jobs), todo.points.size()));
  const std::optional<TimeEstimate> time = estimate_time(expansion, contents, todo, jobs);
  if (time)
    return text + fmt::format(", about {} by the {} {}", about(time->seconds), time->measured,
                              time->own ? "done" : "others done here");
  if (const std::optional<double> guess = guess_time(expansion, todo, jobs))
    return text + fmt::format(", roughly {} by their multiply-accumulates", about(*guess));
  return text + ", time not known before the first is done";
}

}  // namespace mimosa
