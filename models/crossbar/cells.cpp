// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/cells.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "models/base/error.hpp"
#include "models/base/random.hpp"

namespace mimosa {

namespace {

std::size_t columns_of(const ArraySite& site, std::size_t cols) {
  return site.layer_cols > 0 ? static_cast<std::size_t>(site.layer_cols) : cols;
}

void check_size(const ArraySite& site, std::size_t rows, std::size_t layer_cols) {
  const std::size_t last_row = static_cast<std::size_t>(site.row0) + rows;
  if (last_row * layer_cols > std::numeric_limits<std::uint32_t>::max())
    throw UserError(
        fmt::format("layer {}: {} x {} weights are too many; at most 2^32 have random numbers of "
                    "their own",
                    site.layer, last_row, layer_cols));
}

FaultMap map_of(const DeviceSpec& device, const ArraySite& site, std::size_t rows, std::size_t layer_cols,
                std::uint32_t part) {
  if (device.faults.law != FaultLaw::Map || device.faults_scale <= 0.0) return {};
  FaultMap map = read_fault_map(device.faults.map);
  const std::size_t needed_rows = static_cast<std::size_t>(site.row0) + rows;
  const std::size_t layer_rows =
      site.layer_rows > 0 ? static_cast<std::size_t>(site.layer_rows) : needed_rows;
  if (map.rows != layer_rows || map.cols != layer_cols)
    throw UserError(fmt::format("device.faults.map: {} is [{}, {}]; layer {} is [{}, {}]", device.faults.map,
                                map.rows, map.cols, site.layer, layer_rows, layer_cols));
  if (map.parts > 1 && part >= map.parts)
    throw UserError(fmt::format("device.faults.map: {} has {} parts; layer {} needs part {}",
                                device.faults.map, map.parts, site.layer, part));
  return map;
}

}  // namespace

CellProgrammer::CellProgrammer(const DeviceSpec& device, const ArraySite& site, std::size_t rows,
                               std::size_t cols, std::uint32_t part)
    : device_(device),
      range_(device.range()),
      site_(site),
      part_(part),
      layer_cols_(columns_of(site, cols)),
      programming_(device.programming, range_, device.programming_noise, device.drift),
      ageing_(device.ageing, range_, device.time_s, device.drift),
      low_frequency_(device.low_frequency, range_, device.time_s, device.pass_s, device.noise_1f),
      map_(map_of(device, site, rows, layer_cols_, part)),
      read_disturb_(
          read_disturb_factor(device.read_disturb, device.temperature_k, device.read_disturb_scale)),
      targets_us_(cols),
      draws_(cols) {
  check_size(site, rows, layer_cols_);
  const RandomSite address{site_.seed, site_.chip, site_.layer, site_.replica, part_};
  programming_key_ = random_key(address, Effect::Programming);
  ageing_key_ = random_key(address, Effect::DriftExponent);
  frozen_key_ = random_key(address, Effect::FrozenNoise);
  fault_key_ = random_key(address, Effect::Faults);
  telegraph_key_ = random_key(address, Effect::Telegraph);
  row_.programmed_us.resize(cols);
  row_.now_us.resize(cols);
  if (device.white.law != WhiteLaw::None && device.read_noise > 0.0) row_.read_variance_us2.resize(cols);
  if (low_frequency_.varies()) {
    row_.pass_sigma_us.resize(cols);
    row_.mvm_variance_us2.resize(cols);
  }
  if (device.switches()) row_.telegraph.resize(cols);
}

const CellRow& CellProgrammer::program(std::size_t row, std::span<const double> targets_us) & {
  const std::size_t layer_row = static_cast<std::size_t>(site_.row0) + row;
  const auto first =
      static_cast<std::uint32_t>(layer_row * layer_cols_ + static_cast<std::size_t>(site_.col0));
  set_targets(targets_us);
  const ProgrammingDraws draws{programming_key_, first};
  if (site_.programmed != nullptr)
    site_.programmed->program(programming_, targets_us_, draws, row_.programmed_us, row_.pulses);
  else
    programming_.program(targets_us_, draws, row_.programmed_us, row_.pulses);
  age(first);
  change_by_environment();
  if (low_frequency_.acts()) {
    if (low_frequency_.varies())
      low_frequency_.other_bands(row_.programmed_us, row_.now_us, row_.pass_sigma_us, row_.mvm_variance_us2);
    normals(frozen_key_, 0, 0, first, draws_);
    low_frequency_.add(row_.programmed_us, draws_, row_.now_us);
  }
  apply_faults(layer_row, first);
  if (!row_.read_variance_us2.empty())
    white_variances(device_.white, range_, device_.read_noise, row_.now_us, row_.read_variance_us2);
  if (!row_.telegraph.empty()) add_telegraph(first);
  return row_;
}

/// Mean times in both states are log-uniform, each device's own.
void CellProgrammer::add_telegraph(std::uint32_t first) {
  std::vector<float> capture(draws_.size()), emission(draws_.size());
  uniforms(telegraph_key_, 1, 0, first, capture);
  uniforms(telegraph_key_, 1, 1, first, emission);
  for (std::size_t c = 0; c < draws_.size(); ++c) {
    const double g = row_.now_us[c],
                 step = device_.telegraph_scale * telegraph_step(device_.telegraph, range_, g);
    const TelegraphProcess process{g, step, telegraph_tau(device_.telegraph, static_cast<double>(capture[c])),
                                   telegraph_tau(device_.telegraph, static_cast<double>(emission[c]))};
    row_.telegraph[c] = {static_cast<float>(g * step / (1.0 + step)), static_cast<float>(process.rate_hz()),
                         static_cast<float>(process.high_share())};
  }
}

void CellProgrammer::set_targets(std::span<const double> targets_us) {
  for (std::size_t c = 0; c < targets_us_.size(); ++c) targets_us_[c] = quantised(device_, targets_us[c]);
}

void CellProgrammer::age(std::uint32_t first) {
  if (is_state_law(device_.programming.law)) {
    programming_.state(targets_us_, device_.time_s, row_.now_us);
    return;
  }
  if (!ageing_.acts()) {
    row_.now_us = row_.programmed_us;
    return;
  }
  if (ageing_.wants_uniforms())
    uniforms(ageing_key_, 0, 0, first, draws_);
  else
    normals(ageing_key_, 0, 0, first, draws_);
  ageing_.age(targets_us_, row_.programmed_us, draws_, row_.now_us);
}

void CellProgrammer::change_by_environment() {
  const bool warm = !device_.temperature.activation_ev.empty() && device_.temperature_scale > 0.0 &&
                    device_.temperature_k != device_.temperature.reference_k;
  if (!warm && read_disturb_ == 1.0) return;
  for (std::size_t c = 0; c < row_.now_us.size(); ++c) {
    const double r = targets_us_[c] / range_.g_max_us;
    const double factor =
        warm ? temperature_factor(device_.temperature, device_.temperature_k, r, device_.temperature_scale)
             : 1.0;
    row_.now_us[c] = range_.clamp(row_.now_us[c] * factor * read_disturb_);
  }
}

void CellProgrammer::apply_faults(std::size_t layer_row, std::uint32_t first) {
  if (device_.faults.law == FaultLaw::None || device_.faults_scale <= 0.0) return;
  const bool mapped = device_.faults.law == FaultLaw::Map;
  const std::int8_t* states =
      mapped ? map_.row(part_, layer_row) + static_cast<std::size_t>(site_.col0) : nullptr;
  if (!mapped) uniforms(fault_key_, 0, 0, first, draws_);
  for (std::size_t c = 0; c < draws_.size(); ++c) {
    const double stuck = mapped ? mapped_conductance(states[c], range_)
                                : stuck_conductance(device_.faults, range_, device_.faults_scale,
                                                    static_cast<double>(draws_[c]));
    if (stuck < 0.0) continue;
    row_.programmed_us[c] = row_.now_us[c] = stuck;
  }
}

}  // namespace mimosa
