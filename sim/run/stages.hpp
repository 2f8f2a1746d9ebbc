// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/config/experiment.hpp"
#include "sim/run/shared_stages.hpp"

namespace mimosa {

struct NetworkStage {
  std::string key;
  std::shared_ptr<const Network> network;
};
struct ProgramStage {
  std::string key;
  std::shared_ptr<const Compilation> compilation;
};

/// The stages of an experiment that depend on less than all of it. Each is handed only what its key names, or
/// what an earlier stage made of that:
///   network          file, mode, whether weights are wanted; where keys are replaced, workload.keys and seed
///   data             data set and its parameters
///   program          network (its shapes), chip, compiler
///   timing           program, timed_passes
///   ranges           network, blocks of the program, arrays and converters of the chip (of an ADC whose
///                    range is calibrated nothing more), calibration.inputs and percentiles, g_min and g_max
///   float accuracy   network, inputs, workload
///   ideal accuracy   program, ranges, inputs, workload
///   programmed cells programming's law and coefficients, g_min and g_max, targets, and what addresses the
///                    random numbers: seed, chip sample, layer, replica, row; of laws that go pulse by pulse
/// Files count by their names: they are taken not to change while results are shared. Programming by an error
/// drawn once, ageing and what comes after them are done anew in every run.
class Stages {
 public:
  /// Both outlive it.
  Stages(const Experiment& experiment, SharedStages& shared);

  /// One of the experiment's networks, in the mode it asks for. UserError.
  [[nodiscard]] NetworkStage network(const std::string& name, bool with_weights) const;
  /// Another network without weights, in its largest mode. UserError.
  [[nodiscard]] NetworkStage baseline(const std::string& name) const;
  [[nodiscard]] std::shared_ptr<const Dataset> data(const Network& network, Split split) const;
  [[nodiscard]] std::shared_ptr<const InputFiles> input_files(const NetworkStage& network) const;
  [[nodiscard]] ProgramStage program(const NetworkStage& network) const;
  /// Without data or traces; `make` simulates where it is not kept.
  [[nodiscard]] std::shared_ptr<const TimedRun> timing(const ProgramStage& program,
                                                       const std::function<TimedRun()>& make) const;
  [[nodiscard]] std::shared_ptr<const std::vector<ConverterRange>> ranges(const NetworkStage& network,
                                                                          const ProgramStage& program) const;
  /// Shares of inputs answered right; `make` measures them where they are not kept.
  [[nodiscard]] double float_accuracy(const NetworkStage& network, const std::function<double()>& make) const;
  [[nodiscard]] double ideal_accuracy(const NetworkStage& network, const ProgramStage& program,
                                      const std::function<double()>& make) const;

  [[nodiscard]] ProgrammedRows* programmed() const { return &shared_.programmed; }
  /// Reads networks, weights and data, for processes forked off this one. What cannot be read is left to the
  /// run that wants it.
  void read_ahead() const;

 private:
  [[nodiscard]] std::string inputs_key() const;
  [[nodiscard]] std::string ranges_key(const NetworkStage& network, const ProgramStage& program) const;

  const Experiment& experiment_;
  SharedStages& shared_;
};

}  // namespace mimosa
