// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <span>
#include <system_error>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "models/data/npy.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/progress.hpp"
#include "sim/cli/trace_arguments.hpp"
#include "sim/config/effective.hpp"
#include "sim/report/report.hpp"
#include "sim/report/results_folder.hpp"
#include "sim/run/run.hpp"
#include "traces/gtkw.hpp"

namespace fs = std::filesystem;

namespace mimosa {
namespace {

/// What an option asks for and this experiment cannot give is an error, before hours of simulation.
void check_requests(const ExperimentFile& file, const Arguments& arguments) {
  const Experiment& e = file.experiment;
  if (!file.axes.empty()) throw UserError("run: " + arguments.positional[0] + " has axes; use mimosa sweep");
  check_traces(arguments, e);
  if (arguments.outputs.empty()) return;
  if (e.engine == EngineChoice::Timing)
    throw UserError("--outputs: the timing engine computes none; allowed: --engine both, functional, timed");
  if (e.networks.size() > 1)
    throw UserError("--outputs: the experiment names several networks; allowed: one");
  const fs::path folder = fs::absolute(arguments.outputs).parent_path();
  if (!fs::is_directory(folder))
    throw UserError(fmt::format("--outputs: {}: no such folder", folder.string()));
  if (fs::is_directory(arguments.outputs))
    throw UserError(fmt::format("--outputs: {}: is a folder", arguments.outputs));
}

void check_analyses(const Experiment& e, const Arguments& arguments) {
  const char* asked = arguments.error_budget ? "--error-budget" : arguments.diagnose ? "--diagnose" : nullptr;
  if (asked != nullptr && e.engine == EngineChoice::Timing)
    throw UserError(fmt::format(
        "{}: the timing engine computes no outputs; allowed: --engine both, functional, timed", asked));
  if (!arguments.half_width.empty() && !arguments.error_budget)
    throw UserError("--half-width: has no effect without --error-budget");
}

/// Percent points to a share.
double half_width_of(const std::string& text) {
  if (text.empty()) return RunRequest().half_width;
  double points = 0.0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, points);
  if (error != std::errc() || stopped != end || !(points >= 0.01 && points <= 50.0))
    throw UserError(
        fmt::format("--half-width: \"{}\" is no number of percent points; allowed: 0.01 .. 50", text));
  return points / 100.0;
}

/// GTKWave finds the names of states by a whole path, which is another one for a folder that was not to be.
void correct_gtkw(const fs::path& kept) {
  const fs::path gtkw = kept / "trace.gtkw";
  if (!fs::exists(gtkw)) return;
  const fs::path states = fs::absolute(kept / "trace.states").lexically_normal();
  write_file(gtkw.string(), with_states_at(read_file(gtkw.string()), states.string()));
}

/// Traces are worth keeping where a run is interrupted: that is often how one looks at what takes so long.
std::vector<RunResult> run_or_keep_traces(const Experiment& experiment, const RunRequest& request,
                                          ResultsFolder& folder, Progress& progress) {
  try {
    return run(experiment, request);
  } catch (...) {
    const bool begun = fs::exists(request.trace.vcd_path) || fs::exists(request.trace.timeline_path);
    if (interrupt_signal() == 0 || !begun) throw;
    write_file(folder.path("effective.yaml"), effective_yaml(experiment));
    const std::string kept = folder.keep_interrupted();
    if (!kept.empty()) correct_gtkw(kept);
    progress.clear();
    if (!kept.empty()) std::cerr << "mimosa: traces until the interruption are in " << kept << '\n';
    throw;
  }
}

void write_outputs(const RunResult& result, const std::string& path) {
  std::vector<float> values;
  for (const std::vector<float>& chip : result.logits) values.insert(values.end(), chip.begin(), chip.end());
  const auto chips = static_cast<std::int64_t>(result.logits.size());
  const std::int64_t classes = result.classes;
  const std::int64_t inputs = static_cast<std::int64_t>(values.size()) / (chips * classes);
  const std::int64_t shape[] = {chips, inputs, classes};
  write_npy(path, shape, values);
}

}  // namespace

int run_command(const Arguments& arguments) {
  check_operands("run", arguments, 1, 1);
  const ExperimentFile file = load_experiment(arguments.positional[0], arguments.settings);
  check_requests(file, arguments);
  check_analyses(file.experiment, arguments);
  const double half_width = half_width_of(arguments.half_width);
  const Experiment& experiment = file.experiment;
  ResultsFolder folder(arguments.out.empty() ? "runs/" + experiment.name : arguments.out);
  const bool traced = !arguments.vcd.empty() || arguments.timeline;
  LastWill will([&folder] { folder.discard(); }, traced);  // traces are kept, so they are closed first
  Progress progress(arguments.quiet);
  RunRequest request;
  request.trace = trace_options(arguments, folder);
  request.keep_logits = !arguments.outputs.empty();
  request.diagnose = arguments.diagnose;
  request.error_budget = arguments.error_budget;
  request.half_width = half_width;
  request.announce = [&](const std::string& sentence) {
    progress.clear();
    if (!arguments.quiet) std::cerr << "mimosa: " << sentence << '\n';
  };
  request.progress = [&](const std::string& what, double share) { progress.show(what, share); };
  const std::vector<RunResult> results = run_or_keep_traces(experiment, request, folder, progress);
  progress.clear();
  throw_if_interrupted();
  will.withdraw();
  write_report(folder, experiment, results);
  if (!arguments.outputs.empty()) write_outputs(results.front(), arguments.outputs);
  folder.commit();
  if (arguments.json)
    std::cout << report_json(results);
  else if (!arguments.quiet)
    std::cout << summary_text(results, folder.final_path("report.json"))
              << (arguments.verbose ? validity_text(results) + estimates_text(results) + speed_text(results)
                                    : "");
  return 0;
}

}  // namespace mimosa
