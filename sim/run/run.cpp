// SPDX-License-Identifier: Apache-2.0
#include "sim/run/run.hpp"

#include <memory>
#include <stdexcept>

#include "hw/program/counts.hpp"
#include "hw/spec/budget.hpp"
#include "models/base/error.hpp"
#include "models/data/dataset.hpp"
#include "sim/compiler/compile.hpp"
#include "sim/config/effective.hpp"
#include "sim/run/accuracy.hpp"
#include "sim/run/analyses.hpp"
#include "sim/run/attention_work.hpp"
#include "sim/run/classifier.hpp"
#include "sim/run/corrections.hpp"
#include "sim/run/layers.hpp"
#include "sim/run/paired.hpp"
#include "sim/run/partners.hpp"
#include "sim/run/saturation.hpp"
#include "sim/run/setup_cost.hpp"
#include "sim/run/stages.hpp"
#include "sim/run/superposition.hpp"
#include "sim/run/timed_engine.hpp"
#include "sim/run/validity.hpp"
#include "sim/run/version.hpp"

namespace mimosa {
namespace {

bool wants_accuracy(const Experiment& e) {
  return e.engine != EngineChoice::Timing;
}
bool wants_timing(const Experiment& e) {
  return e.engine != EngineChoice::Functional;
}

NetworkResult describe_network(const Network& network) {
  const std::int64_t macs = macs_per_pass(network.graph);
  return {.name = network.name,
          .slots = network.slots,
          .inputs_per_pass = network.inputs_per_pass,
          .weights = parameter_count(network.graph),
          .macs_per_pass = macs,
          .macs_per_input = static_cast<double>(macs) / network.inputs_per_pass};
}

/// What was counted on data: of `passes` passes on each chip sample.
struct Measured {
  std::vector<Counts> chips;
  std::int64_t passes = 0;
};

bool depends_on_data(const ChipSpec& chip) {
  return chip.mvm.activity == ActivityModel::Data;
}

EnergyResult energy_of(const Program& program, const ChipSpec& chip, const TimingResult* timing,
                       const Measured& measured) {
  EnergyResult energy;
  energy.by_component = energy_by_component(counts_per_pass(program, chip), chip);
  const auto samples = static_cast<std::int64_t>(measured.chips.size());
  for (const Counts& counts : measured.chips)
    if (depends_on_data(chip)) add_activity(energy.by_component, counts, measured.passes * samples, chip);
  for (const auto& [component, joules] : energy.by_component) energy.per_pass_j += joules;
  energy.boundaries = energy_boundaries(energy.by_component);
  energy.per_input_j = energy.per_pass_j / program.inputs_per_pass;
  if (timing != nullptr) {
    const double watts = total(chip_budget(chip)).static_mw * 1e-3;
    energy.static_per_pass_j = watts * timing->cycles_per_pass / timing->clock_hz;
  }
  return energy;
}

bool is_asked_for(const TraceOptions& trace) {
  return !trace.vcd_glob.empty() || !trace.timeline_path.empty();
}

/// Timing alone; what the chip counted must be what the program says (invariant: energy is counted once).
/// Traces are written by a run of their own.
std::shared_ptr<const TimedRun> time_program(const Stages& stages, const ProgramStage& stage,
                                             const Experiment& experiment, const RunRequest& request,
                                             const TraceOptions& trace) {
  const Program& program = stage.compilation->program;
  TimedOptions options;
  options.passes = experiment.timed_passes;
  options.trace = trace;
  options.progress = [&](double share) {
    if (request.progress) request.progress(program.network + ": timing on the SystemC chip", share);
  };
  const auto simulate = [&] { return run_timed(program, experiment.chip, options); };
  auto run =
      is_asked_for(trace) ? std::make_shared<const TimedRun>(simulate()) : stages.timing(stage, simulate);
  if (!(run->counts == counts_per_pass(program, experiment.chip) * run->timing.passes_simulated))
    throw std::logic_error("the chip executed other events than its program holds");
  return run;
}

BaselineResult compare(const Stages& stages, const Experiment& experiment, const std::string& name,
                       const RunResult& ours, const RunRequest& request) {
  const NetworkStage baseline = stages.baseline(name);
  const Network& network = *baseline.network;
  const ProgramStage stage = stages.program(baseline);
  const Program& program = stage.compilation->program;
  BaselineResult result{.network = network.name};
  const double macs = static_cast<double>(macs_per_pass(network.graph)) / network.inputs_per_pass;
  result.speedup_macs = macs / ours.network.macs_per_input;
  if (!depends_on_data(experiment.chip))
    result.saving_energy =
        energy_of(program, experiment.chip, nullptr, {}).per_input_j / ours.energy->per_input_j;
  if (ours.timing)
    result.speedup_cycles =
        ours.timing->inputs_per_s / time_program(stages, stage, experiment, request, {})->timing.inputs_per_s;
  return result;
}

/// What would be left per input if the shared part cost nothing, against the baseline.
UnsharedResult unshared_with_limits(UnsharedResult unshared, const RunResult& run) {
  if (!run.baseline) return unshared;
  if (run.baseline->saving_energy && unshared.energy_per_input_j)
    unshared.saving_limit =
        *run.baseline->saving_energy * run.energy->per_input_j / *unshared.energy_per_input_j;
  if (run.timing)
    unshared.speedup_limit =
        run.baseline->speedup_cycles * run.timing->cycles_per_input / unshared.cycles_per_input;
  return unshared;
}

std::vector<std::string> layers_of(const Program& program) {
  std::vector<std::string> layers;
  for (const Stage& stage : program.stages)
    if (!stage.analog.empty()) layers.push_back(stage.analog);
  return layers;
}

void check_answers(const Network& network) {
  if (network.tensors.empty())
    throw UserError(
        "network " + network.name +
        ": has no weights, so no accuracy; use --engine timing, or a network with a weights file");
  if (network.dataset.empty())
    throw UserError("network " + network.name +
                    ": names no dataset, so no accuracy; use --engine timing, or say dataset: fashion-mnist");
}

/// Looks at every network before the first one is measured, which may take hours. UserError where one cannot
/// run: no weights, no data, no room on the chip, layers that are not its.
void look_ahead(const Experiment& experiment, const RunRequest& request, SharedStages& shared) {
  const Stages stages(experiment, shared);
  for (const std::string& name : experiment.networks) {
    const NetworkStage network = stages.network(name, wants_accuracy(experiment));
    if (wants_accuracy(experiment)) {
      check_answers(*network.network);
      static_cast<void>(stages.input_files(network));
    }
    if (request.progress) request.progress(network.network->name + ": compiling", 0.0);
    check_layer_globs(experiment, layers_of(stages.program(network).compilation->program));
  }
}

Measured add_accuracy(RunResult& result, const Stages& stages, const NetworkStage& network_stage,
                      const ProgramStage& program_stage, const Experiment& experiment,
                      const RunRequest& request) {
  const Network& network = *network_stage.network;
  const Program& program = program_stage.compilation->program;
  const auto held_out = stages.data(network, Split::HeldOut);
  const Corrections corrections(network, program, experiment.calibration, *held_out);
  AccuracyRun run = measure_accuracy({.network = network_stage,
                                      .program = program_stage,
                                      .experiment = experiment,
                                      .stages = stages,
                                      .corrections = corrections,
                                      .keep_logits = request.keep_logits,
                                      .timed = experiment.engine == EngineChoice::Timed,
                                      .progress = [&](const char* what, double share) {
                                        if (request.progress)
                                          request.progress(network.name + ": " + what, share);
                                      }});
  result.accuracy = run.accuracy;
  result.accuracy->chance = chance_of(network.dataset, network.task);
  result.accuracy->published = network.published;
  result.clamped_read_gap = run.clamped_read_gap;
  result.programming = run.programming;
  result.wires = run.wires;
  result.saturation = std::move(run.saturation);
  result.noise_path = noise_path(program, experiment);
  const auto files = stages.input_files(network_stage);
  result.provenance.weights_sha256 = files->weights_sha256;
  result.provenance.dataset_sha256 = files->dataset_sha256;
  add_analyses(result, network, program, experiment, run.ranges, corrections, *held_out, request);
  result.logits = std::move(run.logits);
  return {std::move(run.counts), run.passes};
}

/// Event counts of a pass; those of data as means over what was measured.
std::map<std::string, std::int64_t> counts_of_pass(const Program& program, const ChipSpec& chip,
                                                   const Measured& measured) {
  Counts counts = counts_per_pass(program, chip);
  const auto samples = static_cast<std::int64_t>(measured.chips.size());
  for (const Counts& sample : measured.chips) {
    counts.driven_ns += sample.driven_ns / measured.passes / samples;
    counts.driven_milli += sample.driven_milli / measured.passes / samples;
  }
  return named(counts);
}

RunResult run_network(const Experiment& experiment, const std::string& name, const RunRequest& request,
                      SharedStages& shared) {
  const Stages stages(experiment, shared);
  const NetworkStage network_stage = stages.network(name, wants_accuracy(experiment));
  const Network& network = *network_stage.network;
  const ChipSpec& chip = experiment.chip;
  const ProgramStage program_stage = stages.program(network_stage);
  const Program& program = program_stage.compilation->program;

  RunResult result;
  result.network = describe_network(network);
  result.classes = network.graph.output().shape.size();
  result.chip = chip.name;
  result.device = experiment.device.name;
  result.device_time_s = experiment.device.time_s;
  const Footprint used = footprint(program, chip);
  result.mapping = {used.arrays, chip.arrays(), used.tiles, chip.tiles(), used.cell_utilisation};
  result.area_mm2 = total(chip_budget(chip)).area_mm2;
  result.area_by_part = area_by_part(chip);
  result.estimates = experiment.estimates;
  result.binding = program_stage.compilation->binding;
  result.attention = attention_work(network.graph, program, chip);
  result.calibration = calibration_cost(program, experiment);
  result.provenance.version = program_version();
  result.provenance.results_version = results_version;
  result.provenance.seed = experiment.seed;
  result.provenance.config_sha256 = config_sha256(experiment);
  std::vector<TaskActivity> activity;
  if (wants_timing(experiment)) {
    const auto timed = time_program(stages, program_stage, experiment, request, request.trace);
    result.timing = timed->timing;
    activity = timed->activity;
  }
  const FloorPlan plan = floor_plan(program, chip);
  result.layers = layer_results(plan, program, chip, activity);
  result.mesh = mesh_result(plan, program, chip, activity);
  Measured measured;
  if (wants_accuracy(experiment)) {
    measured = add_accuracy(result, stages, network_stage, program_stage, experiment, request);
    result.validity = validity_table(program, experiment);
    for (ValidityRow& row : bundle_validity(network.graph, program, chip.vector))
      result.validity.push_back(std::move(row));
    for (ValidityRow& row : saturation_validity(result.saturation)) result.validity.push_back(std::move(row));
  }
  result.counts = counts_of_pass(program, chip, measured);
  result.energy = energy_of(program, chip, result.timing ? &*result.timing : nullptr, measured);
  if (!network.baseline.empty() && network.baseline != network.name)
    result.baseline = compare(stages, experiment, network.baseline, result, request);
  if (network.inputs_per_pass > 1) {
    UnsharedResult unshared = unshared_work(network.graph, program, chip);
    // Where every stage holds slots (a grid shares inside its attention), the stages do not tell it apart.
    if (unshared.stages.size() < program.stages.size())
      result.unshared = unshared_with_limits(std::move(unshared), result);
  }
  if (result.timing && experiment.arrival_per_s > 0.0)
    result.arrival = arrivals(experiment.arrival_per_s, network.inputs_per_pass, result.timing->inputs_per_s,
                              static_cast<double>(result.timing->latency_cycles) / result.timing->clock_hz);
  return result;
}

}  // namespace

const char* program_version() {
  return MIMOSA_VERSION;
}

std::vector<RunResult> run(const Experiment& experiment, const RunRequest& request) {
  SharedStages own;
  own.programmed.keep_at_most(0);
  SharedStages& shared = request.shared != nullptr ? *request.shared : own;
  look_ahead(experiment, request, shared);
  std::vector<RunResult> results;
  for (const std::string& name : experiment.networks)
    results.push_back(run_network(experiment, name, request, shared));
  for (std::size_t i = 1; i < results.size(); ++i) results[i].paired = paired(results.front(), results[i]);
  return results;
}

std::string compile_text(const Experiment& experiment, const std::string& stage) {
  SharedStages shared;
  const Stages stages(experiment, shared);
  std::string text;
  for (const std::string& name : experiment.networks)
    text += stage_text(*stages.program(stages.network(name, false)).compilation, stage);
  return text;
}

std::vector<FloorPlan> floor_plans(const Experiment& experiment) {
  SharedStages shared;
  const Stages stages(experiment, shared);
  std::vector<FloorPlan> plans;
  for (const std::string& name : experiment.networks)
    plans.push_back(
        floor_plan(stages.program(stages.network(name, false)).compilation->program, experiment.chip));
  return plans;
}

}  // namespace mimosa
