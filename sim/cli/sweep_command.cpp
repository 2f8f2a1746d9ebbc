// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <memory>

#include "models/base/error.hpp"
#include "models/data/file.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/sweep_jobs.hpp"
#include "sim/cli/sweep_progress.hpp"
#include "sim/cli/sweep_text.hpp"
#include "sim/config/axis_values.hpp"
#include "sim/config/effective.hpp"
#include "sim/report/markup.hpp"
#include "sim/run/run.hpp"
#include "sim/run/stages.hpp"
#include "sim/study/index_reader.hpp"
#include "sim/sweep/figures.hpp"
#include "sim/sweep/front.hpp"
#include "sim/sweep/index.hpp"
#include "sim/sweep/pareto.hpp"
#include "sim/sweep/reuse.hpp"
#include "sim/sweep/shard.hpp"
#include "sim/sweep/sweep.hpp"
#include "sim/sweep/workers.hpp"

namespace mimosa {
namespace {

constexpr std::size_t many_points = 10000;

std::vector<Axis> axes_of(const Arguments& arguments) {
  std::vector<Axis> axes;
  for (std::size_t i = 1; i < arguments.positional.size(); ++i) {
    const std::string& text = arguments.positional[i];
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      throw UserError(fmt::format("sweep: \"{}\" is not KEY=V1,V2; e.g. chip.adc.bits=4,6,8", text));
    const std::string key = text.substr(0, equals);
    for (const Axis& axis : axes)
      if (axis.name == key) throw UserError(fmt::format("sweep: {}: stands twice; allowed: once", key));
    axes.push_back(axis_of_text(key, text.substr(equals + 1), "sweep: " + key));
  }
  return axes;
}

int jobs_of(const Arguments& arguments) {
  if (!arguments.has("jobs")) return usable_cores();
  const std::string& text = arguments.others.at("jobs");
  int jobs = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), jobs);
  if (error != std::errc() || end != text.data() + text.size() || jobs < 1 || jobs > 1024)
    throw UserError(fmt::format("--jobs: \"{}\" is no number of processes; allowed: 1 .. 1024", text));
  return jobs;
}

Expansion expand(const Arguments& arguments) {
  SweepPlan plan = make_plan(arguments.positional[0], arguments.settings, axes_of(arguments));
  for (const std::string& figure : plan.spec.record) check_figure(figure, "sweep.record");
  for (const Objective& objective : plan.spec.objectives) check_figure(objective.figure, "sweep.objectives");
  return Expansion(std::move(plan));
}

bool on_slurm(const Arguments& arguments) {
  if (!arguments.has("launcher")) return false;
  const std::string& name = arguments.others.at("launcher");
  if (name != "local" && name != "slurm")
    throw UserError(fmt::format("--launcher: \"{}\" is unknown; allowed: local, slurm", name));
  return name == "slurm";
}

void refuse_idle_options(const Arguments& arguments) {
  for (const Setting& setting : arguments.settings)
    if (setting.key.starts_with("sweep.slurm.") && setting.source != "--set")
      throw UserError(fmt::format("{}: has no effect without --launcher slurm", setting.source));
}

std::optional<Shard> shard_of(const Arguments& arguments) {
  const Environment environment = [](const char* variable) { return std::getenv(variable); };
  if (arguments.has("shard")) return parse_shard(arguments.others.at("shard"), environment);
  const std::optional<Shard> shard = scheduled_shard(environment);
  if (!shard || shard->count == 1) return std::nullopt;
  std::cerr << fmt::format("mimosa: sweep: shard {}/{}, by {}\n", shard->index, shard->count, shard->source);
  return shard;
}

void list_points(const Expansion& expansion, const std::optional<Shard>& shard) {
  for (std::size_t i = 0; i < expansion.size(); ++i)
    if (!shard || i % shard->count == shard->index)
      std::cout << printable(to_text(expansion.axes(i))) << '\n';
}

std::optional<Objective> first_objective(const Expansion& expansion) {
  const std::vector<Objective>& objectives = expansion.plan().spec.objectives;
  return objectives.empty() ? std::nullopt : std::optional(objectives.front());
}

/// Points that may be run: generations draw no point twice, so there may be fewer.
std::size_t most_points_of(const Expansion& expansion) {
  const SweepSpec& spec = expansion.plan().spec;
  if (spec.method != SweepMethod::Pareto) return expansion.size();
  return static_cast<std::size_t>(spec.points) * static_cast<std::size_t>(spec.repeats) *
         static_cast<std::size_t>(spec.generations);
}

/// Takes what other stores have (`take` gets the lines), and tells what is left to do.
SweepTodo prepare(Expansion& expansion, StoreContents contents, const std::optional<Shard>& shard, int jobs,
                  const Arguments& arguments, const std::function<void(const std::string&)>& take) {
  std::cerr << damage_text(contents.damages, contents.other_versions);
  const Reused reused = reuse_points(arguments.reuse, expansion, shard, contents, take);
  std::cerr << damage_text(reused.damages, reused.other_versions);
  SweepTodo todo = todo_of(expansion, contents, shard, arguments.has("force"), arguments.has("retry-failed"));
  if (!arguments.quiet)
    std::cerr << "mimosa: sweep: " << announcement(expansion, contents, todo, reused.points, jobs) << '\n';
  return todo;
}

/// The effective config of the first point, for whoever compares sweeps.
void keep_config(Expansion& expansion, const std::string& folder) {
  const std::string path = folder + "/effective.yaml", config = effective_yaml(expansion.experiment(0));
  const auto is_there = [&] { return std::filesystem::exists(path) && read_file(path) == config; };
  if (is_there()) return;
  try {
    write_file(path, config);
  } catch (const UserError&) {
    if (!is_there()) throw;  // another shard was faster
  }
}

/// `progress` lives as long as the sweep.
SweepOptions options_of(Expansion& expansion, SweepProgress& progress, int jobs, const Arguments& arguments) {
  SweepOptions options;
  options.jobs = jobs;
  options.stop = [] { return interrupt_signal() != 0; };
  options.tick = [&](std::size_t busy) { progress.tick(busy); };
  options.done = [&](const PointDone& point) {
    const nlohmann::json line = nlohmann::json::parse(point.line);
    const auto best = first_objective(expansion);
    progress.add(point.ok, best ? figure_in(line, best->figure) : std::nullopt);
    progress.clear();
    if (arguments.json)
      std::cout << point.line << std::endl;
    else if (!arguments.quiet)
      std::cout << point_text(printable(to_text(expansion.axes(point.point))), line) << std::flush;
  };
  return options;
}

/// Keeps the stages of one run for the next ones of the process that runs them; what the first reads is read
/// before processes are forked.
RunFunction sharing_run(const Experiment& first) {
  auto shared = std::make_shared<SharedStages>();
  Stages(first, *shared).read_ahead();
  return [shared](const Experiment& experiment, RunRequest request) {
    request.shared = shared.get();
    return run(experiment, request);
  };
}

/// Points, and how many failed, those of earlier runs included.
struct SweepEnd {
  std::size_t total = 0, failed = 0;
};

SweepEnd run_todo(Expansion& expansion, const SweepTodo& todo, Store& store, int jobs,
                  const Arguments& arguments) {
  if (todo.points.empty()) return {todo.total, todo.failed};
  SweepProgress progress(arguments.quiet, todo.total, todo.total - todo.points.size(),
                         static_cast<std::size_t>(jobs), first_objective(expansion));
  const SweepOptions options = options_of(expansion, progress, jobs, arguments);
  const RunFunction sharing = sharing_run(expansion.experiment(todo.points.front()));
  return {todo.total, todo.failed + run_points(expansion, todo.points, sharing, store, options)};
}

SweepEnd run_generations(Expansion& expansion, Store& store, const StoreContents& contents, int jobs,
                         const Arguments& arguments) {
  const SweepSpec& spec = expansion.plan().spec;
  const auto each = static_cast<std::size_t>(spec.points) * static_cast<std::size_t>(spec.repeats);
  std::cerr << damage_text(contents.damages, contents.other_versions);
  SweepProgress progress(arguments.quiet, most_points_of(expansion), 0, static_cast<std::size_t>(jobs),
                         first_objective(expansion));
  ParetoOptions options;
  options.points = options_of(expansion, progress, jobs, arguments);
  options.force = arguments.has("force");
  options.retry_failed = arguments.has("retry-failed");
  options.generation = [&](int number, const SweepTodo& todo) {
    progress.skip(each - todo.points.size());
    progress.clear();
    if (!arguments.quiet)
      std::cerr << fmt::format("mimosa: sweep: generation {} of {}: {} of {} points to run\n", number,
                               spec.generations, todo.points.size(), each);
  };
  const ParetoOutcome outcome =
      run_pareto(expansion, sharing_run(expansion.experiment(0)), store, contents, options);
  if (outcome.impossible > 0)
    std::cerr << fmt::format("mimosa: sweep: {} proposed points cannot be, e.g. {}\n", outcome.impossible,
                             outcome.why);
  return {expansion.size(), outcome.failed};
}

void refuse_for_generations(const Arguments& arguments, bool slurm, const std::optional<Shard>& shard) {
  if (slurm || shard)
    throw UserError(fmt::format(
        "{}: sweep.method: pareto draws a generation from the one before and is not split; run it as one",
        slurm ? "--launcher" : shard->source));
  if (!arguments.reuse.empty())
    throw UserError(
        "--reuse: sweep.method: pareto does not know its points beforehand; use the store itself, by --out");
}

/// The index, and what is said at the end.
void finish(Expansion& expansion, const std::string& folder, const std::optional<Shard>& shard,
            const Arguments& arguments) {
  const std::vector<Objective>& objectives = expansion.plan().spec.objectives;
  std::vector<FrontPoint> front;
  if (!shard && objectives.size() > 1) front = front_of(expansion, read_values(folder, objectives));
  if (!shard) {
    build_index(folder, &expansion, front);
    std::cerr << index_notes(folder);
  }
  if (arguments.json || arguments.quiet) return;
  std::cout << lump_note(expansion) << front_text(expansion, front) << "points     "
            << (shard ? journals_of(folder) : index_path(folder)) << '\n'
            << (shard ? "index      mimosa sweep collect " : "charts     mimosa report ") << folder << '\n';
}

}  // namespace

std::string sweep_help() {
  std::string text = "Axes of an experiment's `axes:`\n";
  for (const AxisForm& form : axis_forms()) text += fmt::format("  {}\n      {}\n", form.form, form.sentence);
  text += "and on the command line KEY=a,b,c, 'KEY=linear(low,high,steps)', 'KEY=log(low,high,steps)'.\n";
  text += "Figures of sweep.objectives and sweep.record, beside paths in report.json\n";
  for (const Figure& figure : figures()) text += fmt::format("  {:<22} {}\n", figure.name, figure.sentence);
  return text + "More: docs/sweeps.md\n";
}

int sweep_command(const Arguments& arguments) {
  check_operands("sweep", arguments, 1, 1000);
  if (is_sweep_verb(arguments.positional[0])) return sweep_verb(arguments);
  if (arguments.has("force") && !arguments.reuse.empty())
    throw UserError("--reuse: takes what --force runs again; say one of them");
  const int jobs = jobs_of(arguments);
  const bool slurm = on_slurm(arguments), dry_run = arguments.has("dry-run");
  if (!slurm) refuse_idle_options(arguments);
  Expansion expansion = expand(arguments);
  const bool generations = expansion.plan().spec.method == SweepMethod::Pareto;
  const std::string& name = expansion.plan().base.experiment.name;
  const std::string folder = arguments.out.empty() ? "runs/" + name : arguments.out;
  if (const std::size_t most = most_points_of(expansion);
      most > many_points && !arguments.has("yes") && !dry_run)
    throw UserError(fmt::format("sweep: {} points; say --yes if so many are meant", most));
  const std::optional<Shard> shard = slurm ? std::nullopt : shard_of(arguments);
  if (generations) refuse_for_generations(arguments, slurm, shard);
  if (slurm || dry_run) {
    SlurmOptions options = expansion.plan().spec.slurm;
    options.shards = static_cast<int>(std::min<std::size_t>(options.shards, expansion.size()));
    SweepTodo todo;
    if (!generations)
      todo = prepare(expansion, read_store_if_there(folder, expansion.plan().spec.record), shard,
                     slurm ? options.shards * std::max(options.cpus_per_task, 1) : jobs, arguments,
                     [](const std::string&) {});
    if (!slurm) list_points(expansion, shard);
    if (!slurm || (todo.points.empty() && !dry_run)) return 0;  // nothing to submit
    return launch_on_slurm(arguments, name, folder, options);
  }
  poll_interrupts();  // until here nothing is written, and a signal ends the process at once
  Store store(folder, shard ? Store::Access::Shared : Store::Access::Alone);
  keep_config(expansion, folder);
  const StoreContents contents = store.read(expansion.plan().spec.record);
  const auto take = [&](const std::string& line) {
    store.append(line);
    throw_if_interrupted();
  };
  const SweepEnd end = generations
                           ? run_generations(expansion, store, contents, jobs, arguments)
                           : run_todo(expansion, prepare(expansion, contents, shard, jobs, arguments, take),
                                      store, jobs, arguments);
  if (interrupt_signal() != 0 && !arguments.quiet)
    std::cerr << "mimosa: sweep: what is done is kept; the same command goes on\n";
  throw_if_interrupted();
  finish(expansion, folder, shard, arguments);
  if (end.failed == 0) return 0;
  std::cerr << fmt::format("mimosa: sweep: {} of {} points failed; see \"error\" in {}\n", end.failed,
                           end.total, journals_of(folder));
  return 1;
}

}  // namespace mimosa
