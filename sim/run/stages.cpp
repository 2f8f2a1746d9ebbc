// SPDX-License-Identifier: Apache-2.0
#include "sim/run/stages.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <initializer_list>

#include "models/base/error.hpp"
#include "models/data/hash.hpp"
#include "sim/config/effective.hpp"
#include "sim/config/network_reader.hpp"
#include "sim/run/classifier.hpp"
#include "sim/run/partners.hpp"

namespace mimosa {
namespace {

/// The keys below some sections, with their values.
std::string keys_below(const Experiment& experiment, std::initializer_list<const char*> sections) {
  std::string text;
  for (const auto& [key, value] : hashed_values(experiment))
    if (std::any_of(sections.begin(), sections.end(), [&](const char* s) { return key.starts_with(s); }))
      text += key + '=' + value + '\n';
  return text;
}

std::string data_key(const Network& network, Split split) {
  const TaskSpec& t = network.task;
  return fmt::format("{} {} of {}, {} {} {} {} {} {} {} {}", static_cast<int>(split), network.dataset,
                     network.graph.nodes.front().shape.size(), t.keys, t.values, t.pairs, t.vocabulary,
                     t.length, t.shortest, t.longest, t.pool);
}

/// An experiment of which calibration sees no more than the keys of its stage.
Experiment calibrated_part(const Experiment& experiment) {
  Experiment part;
  part.chip.analog = experiment.chip.analog;
  if (part.chip.analog.adc.range == AdcRange::Calibrated) part.chip.analog.adc = AdcSpec{};
  part.calibration.inputs = experiment.calibration.inputs;
  part.calibration.dac_percentile = experiment.calibration.dac_percentile;
  part.calibration.adc_percentile = experiment.calibration.adc_percentile;
  return part;
}

DeviceSpec cell_range_of(const Experiment& experiment, const std::string& layer) {
  const DeviceSpec device = device_for_layer(experiment, layer);
  DeviceSpec range;
  range.g_min_us = device.g_min_us;
  range.g_max_us = device.g_max_us;
  return range;
}

/// What is wrong with a file, the run that wants it will say.
void try_to(const std::function<void()>& read) {
  try {
    read();
  } catch (const UserError&) {
  }
}

}  // namespace

Stages::Stages(const Experiment& experiment, SharedStages& shared)
    : experiment_(experiment), shared_(shared) {
}

NetworkStage Stages::network(const std::string& name, bool with_weights) const {
  const std::string file = network_file(experiment_, name);
  const int slots = experiment_.slots_used;
  std::string key = fmt::format("{} {} {}", file, slots, with_weights);
  const bool other_keys = with_weights && experiment_.keys != Keys::Trained;
  if (other_keys) key += fmt::format(" {} {}", static_cast<int>(experiment_.keys), experiment_.seed);
  return {key, shared_.networks.get(key, [&] {
            if (slots > 0) {
              const Network any = read_network(file, 0, false);
              if (std::find(any.modes.begin(), any.modes.end(), slots) == any.modes.end())
                throw UserError(
                    fmt::format("{}: network.slots_used: {} has no mode of {} inputs per pass; allowed: {}",
                                experiment_.slots_used_origin, any.name, slots, fmt::join(any.modes, ", ")));
            }
            Network network = read_network(file, slots, with_weights);
            if (other_keys) replace_keys(network, experiment_.keys, experiment_.seed);
            return network;
          })};
}

NetworkStage Stages::baseline(const std::string& name) const {
  const std::string file = network_file(experiment_, name);
  const std::string key = fmt::format("{} 0 false", file);
  return {key, shared_.networks.get(key, [&] { return read_network(file, 0, false); })};
}

std::shared_ptr<const Dataset> Stages::data(const Network& network, Split split) const {
  return shared_.datasets.get(data_key(network, split), [&] { return load_dataset(network, split); });
}

std::shared_ptr<const InputFiles> Stages::input_files(const NetworkStage& network) const {
  return shared_.input_files.get(network.key, [&] {
    return InputFiles{sha256_hex_of_file(network.network->weights_file), dataset_sha256(*network.network)};
  });
}

void Stages::read_ahead() const {
  const bool with_data = experiment_.engine != EngineChoice::Timing;
  for (const std::string& name : experiment_.networks)
    try_to([&] {
      const NetworkStage stage = network(name, with_data);
      if (!with_data || stage.network->dataset.empty()) return;
      static_cast<void>(input_files(stage));
      for (const Split split : {Split::Test, Split::HeldOut}) static_cast<void>(data(*stage.network, split));
    });
}

ProgramStage Stages::program(const NetworkStage& network) const {
  const std::string key = network.key + '\n' + keys_below(experiment_, {"chip.", "compiler."});
  return {key, shared_.programs.get(
                   key, [&] { return compile(*network.network, experiment_.chip, experiment_.compiler); })};
}

std::shared_ptr<const TimedRun> Stages::timing(const ProgramStage& program,
                                               const std::function<TimedRun()>& make) const {
  const std::string key = fmt::format("{}timed_passes={}", program.key, experiment_.timed_passes);
  return shared_.timings.get(key, make);
}

/// Which inputs there are, and which of them share a pass.
std::string Stages::inputs_key() const {
  return fmt::format(" {}\n", experiment_.inputs) + keys_below(experiment_, {"workload."});
}

std::string Stages::ranges_key(const NetworkStage& network, const ProgramStage& program) const {
  Program blocks;
  blocks.stages = program.compilation->program.stages;
  blocks.replicas.assign(blocks.stages.size(), 1);
  blocks.work.resize(blocks.stages.size());
  std::string key = network.key + '\n' + to_text(blocks) +
                    keys_below(calibrated_part(experiment_), {"chip.", "calibration."});
  for (const Stage& stage : blocks.stages) {
    if (stage.analog.empty()) continue;
    const DeviceSpec range = cell_range_of(experiment_, stage.analog);
    key += fmt::format("{} {} {}\n", stage.analog, range.g_min_us, range.g_max_us);
  }
  return key;
}

std::shared_ptr<const std::vector<ConverterRange>> Stages::ranges(const NetworkStage& network,
                                                                  const ProgramStage& program) const {
  return shared_.ranges.get(ranges_key(network, program), [&] {
    const Experiment part = calibrated_part(experiment_);
    const auto device = [&](const std::string& layer) { return cell_range_of(experiment_, layer); };
    return ranges_of(*network.network, program.compilation->program, part, device,
                     *data(*network.network, Split::HeldOut));
  });
}

double Stages::float_accuracy(const NetworkStage& network, const std::function<double()>& make) const {
  return *shared_.float_accuracies.get(network.key + inputs_key(), make);
}

double Stages::ideal_accuracy(const NetworkStage& network, const ProgramStage& program,
                              const std::function<double()>& make) const {
  return *shared_.ideal_accuracies.get(program.key + ranges_key(network, program) + inputs_key(), make);
}

}  // namespace mimosa
