// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hw/program/counts.hpp"
#include "models/base/statistics.hpp"
#include "models/nn/graph.hpp"
#include "sim/compiler/binding.hpp"
#include "sim/run/attention_result.hpp"
#include "sim/run/diagnosis_result.hpp"
#include "sim/run/error_budget_result.hpp"
#include "sim/run/layer_result.hpp"
#include "sim/run/saturation_result.hpp"
#include "sim/run/setup_result.hpp"
#include "sim/run/superposition_result.hpp"
#include "sim/run/wire_gap_result.hpp"

namespace mimosa {

struct NetworkResult {
  std::string name;
  int slots = 1, inputs_per_pass = 1;
  std::int64_t weights = 0;  ///< trained parameters
  std::int64_t macs_per_pass = 0;
  double macs_per_input = 0.0;
};

/// Of the inputs that stood in one slot of their pass.
struct SlotAccuracy {
  std::int64_t inputs = 0;
  MeanInterval analog;  ///< over chips
};

/// How often the answer of the next slot, which another key unbinds, is an input's class: chance, unless
/// something of the input leaks there (or stands there).
struct WrongKeyResult {
  MeanInterval analog;                ///< over chips
  std::optional<double> inputs_ci95;  ///< half-width over inputs, clustered by pass
  double chance = 0.0;                ///< of as frequent answers to as frequent labels, independent
};

/// Shares of inputs classified right, 0 … 1.
struct AccuracyResult {
  std::int64_t inputs = 0;
  std::optional<double> float_reference, analog_ideal;
  std::vector<double> analog;         ///< one per chip sample
  MeanInterval analog_interval;       ///< over chips, for this fixed test set
  std::optional<double> inputs_ci95;  ///< half-width over inputs, clustered by pass; none of one pass
  std::optional<double> chance = {};  ///< of a guess that knows the task but not the input
  std::optional<PublishedAccuracy> published = {};
  std::vector<SlotAccuracy> slots = {};          ///< of passes of several inputs
  std::optional<WrongKeyResult> wrong_key = {};  ///< of the same
  std::vector<double> of_inputs = {};  ///< right answers over the chips, inputs in the order of their passes
  int inputs_that_count = 1;           ///< of a pass: all of it, or one
  /// Half-width over chips; one chip says nothing about the others.
  [[nodiscard]] std::optional<double> chips_ci95() const {
    return analog.size() > 1 ? std::optional(analog_interval.ci95) : std::nullopt;
  }
};

/// Accuracy of a network minus that of the first one of its run, on the same inputs.
struct PairedResult {
  std::string network;                ///< the first one
  MeanInterval difference;            ///< over chips, paired by their numbers
  std::int64_t chips = 0;             ///< both have
  std::optional<double> inputs_ci95;  ///< half-width over inputs, clustered by the passes of both
};

struct TimingResult {
  double clock_hz = 0.0;
  std::int64_t latency_cycles = 0;
  double cycles_per_pass = 0.0, cycles_per_input = 0.0, inputs_per_s = 0.0;
  bool steady = true;      ///< the interval repeated itself
  std::string bottleneck;  ///< the busiest unit and its share of time
  std::int64_t passes_simulated = 0, events = 0, mvms = 0;
  double wall_s = 0.0;
};

/// Joules per pass.
struct EnergyResult {
  double per_pass_j = 0.0, per_input_j = 0.0;
  std::map<std::string, double> by_component;
  EnergyBoundaries boundaries = {};
  std::optional<double> static_per_pass_j;
};

struct MappingResult {
  int arrays_used = 0, arrays_total = 0, tiles_used = 0, tiles_total = 0;
  double cell_utilisation = 0.0;  ///< cells holding weights / cells of the arrays used
};

struct BaselineResult {
  std::string network;
  double speedup_cycles = 0.0;  ///< inputs per second over the baseline's
  double speedup_macs = 0.0;
  /// Baseline's energy per input over ours; not where it depends on data.
  std::optional<double> saving_energy = {};
};

/// Whether a configured effect reached a layer (invariant: no silent no-op).
struct ValidityRow {
  std::string layer, effect, state;  ///< state: applied | not applicable: why
};

struct Provenance {
  std::string version, config_sha256, weights_sha256, dataset_sha256;
  int results_version = 1;
  std::uint64_t seed = 0;
};

/// What one network on one chip gave; absent parts were not asked for.
struct RunResult {
  NetworkResult network;
  std::string chip, device;
  double device_time_s = 0.0;
  MappingResult mapping;
  std::optional<AccuracyResult> accuracy;
  std::optional<TimingResult> timing;
  std::optional<EnergyResult> energy;
  double area_mm2 = 0.0;
  std::map<std::string, double> area_by_part = {};  ///< mm², of the whole chip
  std::vector<LayerResult> layers = {};             ///< in the order of the program
  MeshResult mesh = {};
  std::vector<std::string> estimates = {};  ///< keys whose values are estimates, see Experiment
  std::optional<BindingChoice> binding;     ///< where the compiler chose how slots are bound
  std::optional<BaselineResult> baseline;
  std::optional<PairedResult> paired = {};   ///< of the networks behind the first one
  std::optional<AttentionResult> attention;  ///< of networks with attention
  std::optional<UnsharedResult> unshared;    ///< of passes of several inputs
  std::optional<ArrivalResult> arrival;      ///< where an arrival rate is given
  std::vector<ValidityRow> validity;
  SaturationResult saturation = {};
  std::optional<DiagnosisResult> diagnosis;
  std::optional<ErrorBudgetResult> error_budget;
  CalibrationResult calibration;
  std::optional<ProgrammingResult> programming;
  std::optional<WireGapResult> wires;
  std::map<std::string, std::int64_t> counts;  ///< event counts per pass
  double clamped_read_gap = 0.0;               ///< rms weight error if reads were clamped at zero
  std::string noise_path;
  Provenance provenance;
  std::vector<std::vector<float>> logits;  ///< [chip][input · class]
  int classes = 0;
};

}  // namespace mimosa
