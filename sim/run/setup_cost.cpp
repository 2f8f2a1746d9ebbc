// SPDX-License-Identifier: Apache-2.0
#include "sim/run/setup_cost.hpp"

#include <algorithm>

#include "hw/program/interval.hpp"
#include "hw/spec/mvm_timing.hpp"
#include "models/device/exact.hpp"

namespace mimosa {
namespace {

/// Of the MVMs among the events; their energy is that of arrays and converters.
CalibrationStep step_of(const Counts& counts, std::int64_t cycles, const ChipSpec& chip) {
  if (chip.mvm.activity == ActivityModel::Data) return {counts.mvms, std::nullopt, cycles};
  return {counts.mvms, energy_boundaries(energy_by_component(counts, chip)).arrays_j, cycles};
}

bool reads_drift_out(const DeviceSpec& device) {
  return device.drift_compensation != DriftCompensation::Off && device.drift_readout == DriftReadout::Adc &&
         !is_exact(device);
}

/// Adds one array; returns the time it takes.
double add_array(ProgrammingResult& sum, const PulseCount& count, const ProgrammingSpec& cost) {
  const bool verifies = cost.law == ProgrammingLaw::WriteVerify;
  const double read_ns = verifies ? cost.verify_ns : 0.0;
  double ns = 0.0;
  for (const std::uint32_t most : count.most)
    ns += static_cast<double>(most) * (cost.pulse_ns + read_ns) + read_ns;
  sum.devices += count.devices;
  sum.pulses += count.pulses;
  const std::int64_t reads = verifies ? count.pulses + count.devices : 0;
  sum.energy_j +=
      (static_cast<double>(count.pulses) * cost.pulse_pj + static_cast<double>(reads) * cost.verify_pj) *
      1e-12;
  return ns * 1e-9;
}

}  // namespace

CalibrationResult calibration_cost(const Program& program, const Experiment& experiment) {
  const CalibrationOptions& options = experiment.calibration;
  Counts readout;
  std::int64_t longest = 0;
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage& stage = program.stages[s];
    if (stage.analog.empty() || !reads_drift_out(device_for_layer(experiment, stage.analog))) continue;
    for (const Block& block : stage.blocks) {
      const std::int64_t mvms = std::int64_t{2} * block.rows;
      readout += mvm_counts(block, mvms * program.replicas[s], experiment.chip.analog);
      longest = std::max(longest, mvms * mvm_timing(experiment.chip, block.cols).interval_cycles);
    }
  }
  const Counts per_pass = counts_per_pass(program, experiment.chip);
  const auto passes = [&](int inputs) {
    return (inputs + program.inputs_per_pass - 1) / program.inputs_per_pass;
  };
  CalibrationResult result;
  const std::int64_t pace = busiest_task_cycles(program, experiment.chip);
  const auto fit = [&](int inputs) {
    return step_of(per_pass * passes(inputs), pace * passes(inputs), experiment.chip);
  };
  if (readout.mvms > 0) result.drift_readout = step_of(readout, longest, experiment.chip);
  if (options.affine == AffineCorrection::Column) result.affine = fit(options.affine_inputs);
  if (options.adabs) result.adabs = fit(options.adabs_inputs);
  return result;
}

std::optional<ProgrammingResult> programming_cost(const Datapath& chip, const Experiment& experiment) {
  const Program& program = chip.program();
  ProgrammingResult sum;
  for (std::size_t s = 0; s < program.stages.size(); ++s) {
    const Stage& stage = program.stages[s];
    if (stage.analog.empty()) continue;
    const ProgrammingSpec cost = device_for_layer(experiment, stage.analog).programming;
    for (int r = 0; r < program.replicas[s]; ++r)
      for (std::size_t b = 0; b < stage.blocks.size(); ++b)
        sum.time_s = std::max(
            sum.time_s,
            add_array(sum, chip.array(static_cast<int>(s), r, static_cast<int>(b)).pulse_count(), cost));
  }
  if (sum.devices == 0) return std::nullopt;
  sum.mean_pulses = static_cast<double>(sum.pulses) / static_cast<double>(sum.devices);
  return sum;
}

}  // namespace mimosa
