// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fmt/format.h>
#include <iostream>

#include "models/base/error.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/progress.hpp"
#include "sim/report/figures.hpp"
#include "sim/report/markup.hpp"
#include "sim/report/report.hpp"
#include "sim/run/run.hpp"
#include "sim/sweep/sweep.hpp"

namespace mimosa {
namespace {

std::vector<Axis> axes_of(const Arguments& arguments) {
  std::vector<Axis> axes;
  for (std::size_t i = 1; i < arguments.positional.size(); ++i) {
    const std::string& text = arguments.positional[i];
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UserError(fmt::format("sweep: \"{}\" is not KEY=V1,V2; e.g. chip.adc.bits=4,6,8", text));
    const std::string key = text.substr(0, equals);
    axes.push_back({key, split_values(text.substr(equals + 1), "sweep: " + key)});
  }
  return axes;
}

std::string name_of(const SweepPoint& point) {
  std::string text;
  for (const auto& [key, value] : point.axes) text += (text.empty() ? "" : " ") + key + '=' + value;
  return text;
}

std::string figures_of(const RunResult& r) {
  std::string text;
  if (r.accuracy && !r.accuracy->analog.empty()) text += "   " + noisy_accuracy(*r.accuracy);
  if (r.timing) text += fmt::format("   {} inputs/s", grouped(r.timing->inputs_per_s));
  if (r.energy) text += fmt::format("   {}/input", with_prefix(r.energy->per_input_j, "J"));
  return text;
}

std::string point_text(const SweepPoint& point, const PointOutcome& outcome) {
  if (!outcome.error.empty()) return name_of(point) + "   failed: " + printable(outcome.error) + '\n';
  std::string text;
  for (const RunResult& r : outcome.results) {
    const std::string network = outcome.results.size() > 1 ? "   " + r.network.name : "";
    text += name_of(point) + network + figures_of(r) + '\n';
  }
  return text;
}

/// Why energies of points are equal: a lump is never split into converters and the rest.
std::string lump_note(const std::vector<SweepPoint>& points) {
  const SweepPoint& point = points.front();
  for (const auto& [key, value] : point.axes)
    if (key.starts_with("chip.adc.") && point.experiment.chip.mvm.model == MvmCostModel::Lump)
      return fmt::format(
          "note       time and energy of an MVM on {} are a published lump (chip.mvm.cost) that no {} "
          "changes\n",
          point.experiment.chip.name, key);
  return {};
}

/// The folder of a sweep's journal. A run's results there would be lost sight of.
std::string journal_path(const Arguments& arguments, const std::string& name) {
  const std::filesystem::path folder = arguments.out.empty() ? "runs/" + name : arguments.out;
  if (std::filesystem::exists(folder / "report.json"))
    throw UserError(folder.string() + ": holds a run's results; choose another --out");
  return (folder / "points.jsonl").string();
}

}  // namespace

int sweep_command(const Arguments& arguments) {
  check_operands("sweep", arguments, 1, 1000);
  const std::string& path = arguments.positional[0];
  const std::vector<SweepPoint> points = make_grid(path, arguments.settings, axes_of(arguments));
  Journal journal(journal_path(arguments, load_experiment(path, arguments.settings).experiment.name));
  Progress progress(arguments.quiet);
  std::size_t finished = 0;
  const auto announce = [&] {
    progress.set_prefix(fmt::format("point {} of {}: ", finished + 1, points.size()));
  };
  SweepOptions options;
  options.request.progress = [&](const std::string& what, double share) { progress.show(what, share); };
  options.interrupted = [] { return interrupt_signal() != 0; };
  options.done = [&](const SweepPoint& point, const PointOutcome& outcome, const std::string& line) {
    progress.clear();
    if (arguments.json)
      std::cout << line << std::endl;
    else if (!arguments.quiet)
      std::cout << point_text(point, outcome) << std::flush;
    ++finished;
    announce();
    throw_if_interrupted();
  };
  announce();
  const int failed = run_sweep(points, run, journal, options);
  if (!arguments.json && !arguments.quiet)
    std::cout << lump_note(points) << "points     " << journal.path() << '\n';
  if (failed == 0) return 0;
  std::cerr << fmt::format("mimosa: sweep: {} of {} points failed; see \"error\" in {}\n", failed,
                           points.size(), journal.path());
  return 1;
}

}  // namespace mimosa
