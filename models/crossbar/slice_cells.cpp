// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/slice_cells.hpp"

#include <utility>

#include "models/device/exact.hpp"

namespace mimosa {
namespace {

void add_parallel(SliceCells& sum, SliceCells&& cells) {
  if (sum.now.empty()) {
    std::vector<ReadCells> read = std::move(sum.read);
    sum = std::move(cells);
    sum.read = std::move(read);
    return;
  }
  for (auto member : {&SliceCells::programmed, &SliceCells::now, &SliceCells::variance,
                      &SliceCells::held_variance, &SliceCells::pass_variance})
    for (std::size_t i = 0; i < (sum.*member).size(); ++i) (sum.*member)[i] += (cells.*member)[i];
  for (SwitchingCells& part : cells.switching) sum.switching.push_back(std::move(part));
}

void keep_states(SliceCells& out, const CellRow& row) {
  if (out.switching.empty()) return;
  std::vector<Telegraph>& cells = out.switching.back().cells;
  cells.insert(cells.end(), row.telegraph.begin(), row.telegraph.end());
}

void add_exact(SliceCells& out, std::size_t first, const std::vector<double>& targets) {
  for (std::size_t c = 0; c < targets.size(); ++c) {
    out.programmed[first + c] += targets[c];
    out.now[first + c] += targets[c];
  }
}

}  // namespace

template <class T>
SliceProgrammer<T>::SliceProgrammer(const WeightBlock<T>& weights, const DeviceSpec& device,
                                    const ArraySpec& spec, const ArraySite& site, bool keeps_cells)
    : weights_(weights),
      device_(device),
      spec_(spec),
      site_(site),
      keeps_cells_(keeps_cells),
      has_unit_(has_unit_column(spec.weights)),
      cols_(weights.cols + (has_unit_ ? 1 : 0)),
      g_min_(device.g_min_us / device.g_max_us) {
}

template <class T>
SliceCells SliceProgrammer<T>::program(const WeightSlice& slice, std::size_t index, int polarity) {
  SliceCells out;
  const auto pairs = static_cast<std::uint32_t>(spec_.weights.pairs);
  for (std::uint32_t pair = 0; pair < pairs; ++pair) {
    const std::uint32_t part =
        2 * (static_cast<std::uint32_t>(index) * pairs + pair) + static_cast<std::uint32_t>(polarity);
    SliceCells cells;
    cells.programmed.resize(weights_.rows * cols_);
    cells.now.resize(weights_.rows * cols_);
    add_block(cells, slice, polarity, part);
    if (has_unit_) add_unit_column(cells, slice, part);
    if (keeps_cells_) out.read.push_back(apart(cells));
    add_parallel(out, std::move(cells));
  }
  if (pairs > 1) {
    for (double& g : out.programmed) g /= pairs;
    for (double& g : out.now) g /= pairs;
    for (auto* values : {&out.variance, &out.held_variance, &out.pass_variance})
      for (double& v : *values) v /= pairs * pairs;
  }
  if (device_.iv.law == IvLaw::Cubic && !keeps_cells_) bend(out);
  return out;
}

/// The same cells in uS, for reads cell by cell.
template <class T>
ReadCells SliceProgrammer<T>::apart(const SliceCells& cells) const {
  const auto in_us = [](std::vector<double> values, double unit) {
    for (double& value : values) value *= unit;
    return values;
  };
  const double unit = device_.g_max_us;
  return {.sign = 1.0 / spec_.weights.pairs,
          .now_us = in_us(cells.now, unit),
          .white_us2 = in_us(cells.variance, unit * unit),
          .mvm_us2 = in_us(cells.held_variance, unit * unit),
          .pass_us2 = in_us(cells.pass_variance, unit * unit),
          .switching = cells.switching};
}

/// Currents of non-linear cells over (g_max · voltage of a full input). With pulse widths every cell sees
/// the whole voltage, so that the bend is a change of its conductance.
template <class T>
void SliceProgrammer<T>::bend(SliceCells& cells) const {
  const double volts = device_.iv.v_read_v, unit = 1e6 / device_.g_max_us;
  cells.square.resize(cells.now.size());
  cells.cube.resize(cells.now.size());
  for (std::size_t i = 0; i < cells.now.size(); ++i) {
    const CubicIv iv =
        cell_iv(device_.iv, device_.range(), cells.now[i] * device_.g_max_us, device_.nonlinearity);
    cells.square[i] = iv.n2 * volts * unit;
    cells.cube[i] = iv.n3 * volts * volts * unit;
  }
  if (spec_.dac.input != InputKind::PulseWidth) return;
  for (std::size_t i = 0; i < cells.now.size(); ++i) cells.now[i] += cells.square[i] + cells.cube[i];
  cells.square.clear();
  cells.cube.clear();
}

template <class T>
void SliceProgrammer<T>::add_block(SliceCells& out, const WeightSlice& slice, int polarity,
                                   std::uint32_t part) {
  std::vector<double> targets(weights_.cols);
  const bool exact = is_exact(device_);
  CellProgrammer programmer(device_, site_, weights_.rows, weights_.cols, part);
  add_switching(out, programmer, weights_.cols, false);
  for (std::size_t r = 0; r < weights_.rows; ++r) {
    for (std::size_t c = 0; c < weights_.cols; ++c) {
      const auto w = static_cast<double>(weights_.values[r * weights_.stride + c]);
      targets[c] = conductance(cell_level(spec_.weights, slice, w, polarity));
    }
    if (exact) {
      add_exact(out, r * cols_, targets);
      continue;
    }
    keep_states(out, add_row(out, r * cols_, targets, programmer, r));
  }
}

template <class T>
void SliceProgrammer<T>::add_switching(SliceCells& out, const CellProgrammer& programmer, std::size_t cols,
                                       bool unit) const {
  if (!device_.switches()) return;
  const double sign = 1.0 / spec_.weights.pairs / device_.g_max_us;
  out.switching.push_back({programmer.telegraph_key(), sign, {}, cols, unit});
}

/// Its cells have a place of their own among the random numbers: one a row, per block of columns.
template <class T>
void SliceProgrammer<T>::add_unit_column(SliceCells& out, const WeightSlice& slice, std::uint32_t part) {
  ArraySite site = site_;
  site.layer_cols = 1;
  site.col0 = 0;
  const std::uint32_t own = (1U << 31) | (static_cast<std::uint32_t>(site_.col0) << 8) | part;
  DeviceSpec device = device_;
  if (device.faults.law == FaultLaw::Map) device.faults.law = FaultLaw::None;  // a map is of the weights
  CellProgrammer programmer(device, site, weights_.rows, 1, own);
  add_switching(out, programmer, 1, true);
  std::vector<double> target{conductance(unit_level(spec_.weights, slice))};
  for (std::size_t r = 0; r < weights_.rows; ++r) {
    if (is_exact(device_))
      add_exact(out, r * cols_ + weights_.cols, target);
    else
      keep_states(out, add_row(out, r * cols_ + weights_.cols, target, programmer, r));
  }
}

template <class T>
const CellRow& SliceProgrammer<T>::add_row(SliceCells& out, std::size_t first, std::vector<double> targets,
                                           CellProgrammer& programmer, std::size_t row) {
  for (double& g : targets) g *= device_.g_max_us;
  const CellRow& cells = programmer.program(row, targets);
  pulses_.add(row, cells.pulses);
  for (std::size_t c = 0; c < targets.size(); ++c) {
    out.programmed[first + c] += cells.programmed_us[c] / device_.g_max_us;
    out.now[first + c] += cells.now_us[c] / device_.g_max_us;
  }
  add_variances(cells.read_variance_us2, first, out.variance, out.now.size());
  add_variances(cells.mvm_variance_us2, first, out.held_variance, out.now.size());
  std::vector<double> pass = cells.pass_sigma_us;
  for (double& v : pass) v *= v;
  add_variances(pass, first, out.pass_variance, out.now.size());
  return cells;
}

template <class T>
void SliceProgrammer<T>::add_variances(const std::vector<double>& of_row, std::size_t first,
                                       std::vector<double>& sum, std::size_t size) const {
  if (of_row.empty()) return;
  if (sum.empty()) sum.assign(size, 0.0);
  for (std::size_t c = 0; c < of_row.size(); ++c)
    sum[first + c] += of_row[c] / (device_.g_max_us * device_.g_max_us);
}

template class SliceProgrammer<float>;
template class SliceProgrammer<double>;

}  // namespace mimosa
