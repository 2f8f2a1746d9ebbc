// SPDX-License-Identifier: Apache-2.0
#include "sim/run/causes.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "hw/program/geometry.hpp"
#include "hw/program/interval.hpp"
#include "models/crossbar/combinations.hpp"
#include "models/device/exact.hpp"
#include "sim/engine/reference_passes.hpp"
#include "sim/run/validity.hpp"

namespace mimosa {
namespace {

constexpr std::array<const char*, cause_count> names = {
    "levels",       "programming_noise", "drift",         "noise_1f",    "read_noise", "faults", "telegraph",
    "nonlinearity", "read_disturb",      "current_noise", "temperature", "wires",      "dac",    "adc"};

constexpr int exact_dac_bits = 16, exact_adc_bits = 24;

bool has(CauseSet set, Cause cause) {
  return set[static_cast<std::size_t>(cause)];
}

/// Takes the laws of the effects that are not in `on` out of a device. A law of states holds programming and
/// drift in one.
void remove_effects(DeviceSpec& d, CauseSet on) {
  const bool programs = has(on, Cause::ProgrammingNoise), drifts = has(on, Cause::Drift);
  if (!programs) d.programming_noise = 0.0;
  if (!drifts) d.drift = 0.0;
  if (!programs && !(drifts && is_state_law(d.programming.law))) d.programming = {};
  if (!drifts) d.ageing = {};
  if (!has(on, Cause::Levels)) d.levels = 0;
  if (!has(on, Cause::Noise1f)) d.low_frequency = {};
  if (!has(on, Cause::ReadNoise)) d.white = {};
  if (!has(on, Cause::Faults)) d.faults = {};
  if (!has(on, Cause::Telegraph)) d.telegraph = {};
  if (!has(on, Cause::Nonlinearity)) d.iv = {};
  if (!has(on, Cause::ReadDisturb)) d.read_disturb = {};
  if (!has(on, Cause::CurrentNoise)) d.current_noise = {};
  if (!has(on, Cause::Temperature)) d.temperature = {};
}

CauseSet device_causes() {
  CauseSet set;
  for (std::size_t c = 0; c <= static_cast<std::size_t>(Cause::Temperature); ++c) set.set(c);
  return set;
}

int largest_rows(const Stage& stage) {
  int rows = 0;
  for (const Block& block : stage.blocks) rows = std::max(rows, block.rows);
  return rows;
}

}  // namespace

const char* name_of(Cause cause) {
  return names[static_cast<std::size_t>(cause)];
}

CauseSet only(Cause cause) {
  return CauseSet().set(static_cast<std::size_t>(cause));
}

Causes::Causes(const Network& network, const Program& program, const Experiment& experiment,
               std::vector<ConverterRange> ranges, std::span<const float> images,
               const Corrections* corrections)
    : network_(network),
      program_(program),
      experiment_(experiment),
      ranges_(std::move(ranges)),
      corrections_(corrections),
      acting_(program.stages.size()),
      headroom_(program.stages.size(), 1.0) {
  find_acting();
  find_headroom(images);
}

void Causes::find_acting() {
  for (std::size_t s = 0; s < acting_.size(); ++s) {
    if (program_.stages[s].analog.empty()) continue;
    stage_of_[program_.stages[s].analog] = s;
    acting_[s] |= only(Cause::Dac) | only(Cause::Adc);
    if (has_wires(experiment_.chip.analog.wires)) acting_[s] |= only(Cause::Wires);
  }
  for (const ValidityRow& row : validity_table(program_, experiment_)) {
    const auto stage = stage_of_.find(row.layer);
    const auto name = std::find(names.begin(), names.end(), row.effect);
    if (stage != stage_of_.end() && name != names.end() && row.state.rfind("applied", 0) == 0)
      acting_[stage->second].set(static_cast<std::size_t>(name - names.begin()));
  }
}

void Causes::find_headroom(std::span<const float> images) {
  ReferencePasses(network_, program_, images).for_each([&](const PassState& state) {
    for (const auto& [layer, s] : stage_of_) {
      if (has(acting_[s], Cause::Nonlinearity)) continue;
      const int source = array_input(network_.graph, program_.stages[s]);
      const float* values = state.row(source, 0, 0);
      const std::size_t size = state.value_size(source) * static_cast<std::size_t>(state.passes());
      for (std::size_t i = 0; i < size; ++i)
        headroom_[s] = std::max(headroom_[s], static_cast<double>(std::fabs(values[i])) / ranges_[s].dac);
    }
  });
}

CauseSet Causes::all() const {
  CauseSet set;
  for (const CauseSet& stage : acting_) set |= stage;
  return set;
}

DeviceSpec Causes::device_with(const std::string& layer, CauseSet on) const {
  const std::size_t s = stage_of_.at(layer);
  DeviceSpec device = device_for_layer(experiment_, layer);
  const CauseSet acting = on & acting_[s] & device_causes();
  if (acting.none()) return without_effects(device);
  remove_effects(device, acting);
  // The pace of the passes is the experiment's, whatever the variant would take.
  if (device.pass_s == 0.0)
    device.pass_s = static_cast<double>(busiest_task_cycles(program_, experiment_.chip)) /
                    (experiment_.chip.clock_ghz * 1e9);
  if (has(on, Cause::Dac)) return device;
  // A wider DAC range makes currents smaller: charge noise, with the root of the pulse widths, and shot
  // noise, with that of the currents, fall less than they do, thermal noise not at all.
  const double less = std::sqrt(headroom_[s]);
  if (experiment_.chip.analog.dac.input == InputKind::PulseWidth) device.read_noise /= less;
  device.shot_noise /= less;
  device.thermal_noise /= headroom_[s];
  return device;
}

ConverterRange Causes::range_with(std::size_t stage, CauseSet on) const {
  ConverterRange range = ranges_[stage];
  const double wider = has(on, Cause::Dac) ? 1.0 : headroom_[stage];
  range.dac *= wider;
  for (double& half : range.adc) half /= wider;
  if (has(on, Cause::Adc)) return range;
  const DeviceSpec device = device_for_layer(experiment_, program_.stages[stage].analog);
  ArraySpec full = experiment_.chip.analog;
  full.adc = {.bits = exact_adc_bits, .range = AdcRange::Full};
  range.adc = fixed_ranges(full, largest_rows(program_.stages[stage]), device.g_min_us / device.g_max_us);
  return range;
}

ChipVariant Causes::variant(CauseSet on) const {
  ChipVariant v{.chip = experiment_.chip, .device = {}, .ranges = ranges_};
  if ((all() & ~on).none()) {
    v.device = [this](const std::string& layer) { return device_for_layer(experiment_, layer); };
    return v;
  }
  v.device = [this, on](const std::string& layer) { return device_with(layer, on); };
  for (const auto& [layer, s] : stage_of_) v.ranges[s] = range_with(s, on);
  ArraySpec& analog = v.chip.analog;
  if (!has(on, Cause::Wires)) analog.wires = {};
  if (!has(on, Cause::Dac)) {
    analog.dac.bits = exact_dac_bits;
    analog.dac.levels = Levels::Symmetric;
  }
  if (!has(on, Cause::Adc)) {
    analog.adc = {.bits = exact_adc_bits};
    v.chip.vector.format = NumberFormat::Fp32;
  }
  return v;
}

Datapath Causes::chip_with(CauseSet on, int chip) const {
  Datapath datapath = programmed(on, chip);
  if (corrections_ != nullptr) corrections_->apply(datapath);
  return datapath;
}

CorrectedChip Causes::corrected(CauseSet on, int chip) const {
  return {programmed(on, chip), corrections_};
}

Datapath Causes::programmed(CauseSet on, int chip) const {
  const ChipVariant v = variant(on);
  return {
      network_, program_, v.chip, v.ranges, {experiment_.seed, static_cast<std::uint32_t>(chip), v.device}};
}

bool Causes::is_deterministic(CauseSet on) const {
  const AdcSpec& adc = experiment_.chip.analog.adc;
  const double random_errors =
      adc.noise_lsb + adc.gain_sigma + adc.offset_lsb + adc.comparator_sigma + adc.capacitor_sigma;
  CauseSet fixed = only(Cause::Levels) | only(Cause::Wires) | only(Cause::Dac);
  if (random_errors == 0.0) fixed |= only(Cause::Adc);
  return (on & all() & ~fixed).none();
}

}  // namespace mimosa
