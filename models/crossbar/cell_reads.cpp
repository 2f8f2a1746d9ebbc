// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/cell_reads.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "models/base/random.hpp"
#include "models/crossbar/wires_lines.hpp"

namespace mimosa {
namespace {

/// Numbers of key families beyond those of reads and unit columns.
constexpr std::uint64_t grid_families = std::uint64_t{1} << 32;

}  // namespace

/// What the sums of one vector are made of, kept from vector to vector.
template <class T>
struct CellReads<T>::Work {
  std::vector<double> base_us, g_us;  ///< in this pass, in this read
  std::vector<double> square, cube;   ///< uS/V and uS/V²; empty where cells are straight
  std::vector<double> x, volts, out_ua;
  std::vector<float> normal;
  std::optional<WireLines> lines;
  std::optional<std::uint32_t> pass;  ///< of base_us
};

template <class T>  // NOLINTNEXTLINE(readability-function-size): a block is three arguments
CellReads<T>::CellReads(Plane<T>& plane, const DeviceSpec& device, const ArraySpec& spec,
                        const ArraySite& site, std::size_t rows, std::size_t cols, std::uint32_t number)
    : grids_(std::move(plane.cells)),
      rows_(rows),
      cols_(cols),
      plane_cols_(plane.weights.size() / rows),
      iv_(device.iv),
      range_(device.range()),
      nonlinearity_(device.nonlinearity),
      g_max_us_(device.g_max_us),
      pass_s_(device.pass_s),
      input_(spec.dac.input),
      wires_(spec.wires),
      where_("layer " + site.layer + ", array at " + std::to_string(site.row0) + ", " +
             std::to_string(site.col0)),
      row0_(static_cast<std::uint32_t>(site.row0)),
      col0_(static_cast<std::uint32_t>(site.col0)),
      layer_cols_(site.layer_cols > 0 ? static_cast<std::uint32_t>(site.layer_cols)
                                      : static_cast<std::uint32_t>(cols)),
      pass_key_(random_key({site.seed, site.chip, site.layer, site.replica, number}, Effect::PassNoise)) {
}

template <class T>
std::uint32_t CellReads<T>::index(std::size_t row) const {
  return (row0_ + static_cast<std::uint32_t>(row)) * layer_cols_ + col0_;
}

template <class T>
void CellReads<T>::draw_row(std::uint64_t key, std::uint32_t pass, std::uint32_t mvm, std::size_t row,
                            std::span<float> out) const {
  normals(key, pass, mvm, index(row), out.first(cols_));
  if (plane_cols_ > cols_)
    normals(random_subkey(key, col0_), pass, mvm, row0_ + static_cast<std::uint32_t>(row),
            out.subspan(cols_));
}

template <class T>
void CellReads<T>::fill_pass(const ReadCells& grid, std::size_t number, std::uint32_t pass,
                             Work& work) const {
  work.base_us = grid.now_us;
  if (!grid.pass_us2.empty()) {
    const std::uint64_t key = random_subkey(pass_key_, grid_families + number);
    for (std::size_t r = 0; r < rows_; ++r) {
      draw_row(key, pass, 0, r, work.normal);
      for (std::size_t c = 0; c < plane_cols_; ++c) {
        const std::size_t k = r * plane_cols_ + c;
        work.base_us[k] += std::sqrt(grid.pass_us2[k]) * static_cast<double>(work.normal[c]);
      }
    }
  }
  const double time_s = static_cast<double>(pass) * pass_s_;
  for (const SwitchingCells& part : grid.switching)
    for (std::size_t r = 0; r < rows_; ++r)
      for (std::size_t c = 0; c < part.cols; ++c) {
        const Telegraph& cell = part.cells[r * part.cols + c];
        const std::uint32_t number_in_layer =
            part.unit ? row0_ + static_cast<std::uint32_t>(r) : index(r) + static_cast<std::uint32_t>(c);
        if (!telegraph_is_high(part.key, number_in_layer, time_s * static_cast<double>(cell.rate_hz),
                               static_cast<double>(cell.high_share)))
          work.base_us[r * plane_cols_ + (part.unit ? cols_ : 0) + c] -= static_cast<double>(cell.drop_us);
      }
}

/// Conductances of one read. By pulse width, white noise is averaged over the pulse.
template <class T>
void CellReads<T>::fill_read(const ReadCells& grid, std::uint64_t key, const MvmId* id, Work& work) const {
  work.g_us = work.base_us;
  if (id == nullptr || (grid.white_us2.empty() && grid.mvm_us2.empty())) return;
  for (std::size_t r = 0; r < rows_; ++r) {
    const double share = std::fabs(work.x[r]);
    if (share == 0.0 && !work.lines) continue;  // carries no current
    const double averaged = input_ == InputKind::PulseWidth && share > 0.0 ? 1.0 / share : 1.0;
    draw_row(key, id->pass, id->mvm, r, work.normal);
    for (std::size_t c = 0; c < plane_cols_; ++c) {
      const std::size_t k = r * plane_cols_ + c;
      const double variance = (grid.white_us2.empty() ? 0.0 : grid.white_us2[k] * averaged) +
                              (grid.mvm_us2.empty() ? 0.0 : grid.mvm_us2[k]);
      work.g_us[k] += std::sqrt(variance) * static_cast<double>(work.normal[c]);
    }
  }
}

/// What the I–V law adds; by pulse width to the conductance, at the full voltage.
template <class T>
void CellReads<T>::bend(Work& work) const {
  if (iv_.law == IvLaw::Linear || nonlinearity_ <= 0.0) return;
  const bool chord = input_ == InputKind::PulseWidth;
  const double volts = iv_.v_read_v;
  if (!chord) {
    work.square.assign(work.g_us.size(), 0.0);
    work.cube.assign(work.g_us.size(), 0.0);
  }
  for (std::size_t r = 0; r < rows_; ++r) {
    if (work.x[r] == 0.0 && !work.lines) continue;
    for (std::size_t k = r * plane_cols_; k < (r + 1) * plane_cols_; ++k) {
      const CubicIv iv = cell_iv(iv_, range_, work.g_us[k], nonlinearity_);
      if (chord) {
        work.g_us[k] += 1e6 * volts * (iv.n2 + volts * iv.n3);
      } else {
        work.square[k] = 1e6 * iv.n2;
        work.cube[k] = 1e6 * iv.n3;
      }
    }
  }
}

/// Adds the currents of one grid, over g_max and the voltage of a full input.
template <class T>
void CellReads<T>::add_currents(const ReadCells& grid, Work& work, double* sums) const {
  const double full_v = iv_.law == IvLaw::Linear ? 1.0 : iv_.v_read_v;
  const double unit = grid.sign / (g_max_us_ * full_v);
  for (std::size_t r = 0; r < rows_; ++r) work.volts[r] = work.x[r] * full_v;
  if (work.lines) {
    work.lines->solve(work.g_us, {.square = work.square, .cube = work.cube}, work.volts, work.out_ua);
  } else {
    std::fill(work.out_ua.begin(), work.out_ua.end(), 0.0);
    for (std::size_t r = 0; r < rows_; ++r) {
      const double v = work.volts[r], size = std::fabs(v);
      if (v == 0.0) continue;
      for (std::size_t c = 0; c < plane_cols_; ++c) {
        const std::size_t k = r * plane_cols_ + c;
        const double more = work.square.empty() ? 0.0 : size * (work.square[k] + size * work.cube[k]);
        work.out_ua[c] += v * (work.g_us[k] + more);
      }
    }
  }
  for (std::size_t c = 0; c < plane_cols_; ++c) sums[c] += unit * work.out_ua[c];
}

template <class T>
void CellReads<T>::sum(const Inputs& inputs, std::span<const MvmId> ids, std::uint64_t key, T* y,
                       std::size_t y_stride) const {
  Work work;
  work.x.resize(rows_);
  work.volts.resize(rows_);
  work.out_ua.resize(plane_cols_);
  work.normal.resize(plane_cols_);
  if (wires_.level == WireLevel::Exact && has_resistance(wires_))
    work.lines.emplace(rows_, plane_cols_, wires_, where_);
  std::vector<double> all(inputs.count * plane_cols_);
  for (std::size_t g = 0; g < grids_.size(); ++g) {
    work.pass.reset();
    work.base_us = grids_[g].now_us;
    const std::uint64_t grid_key = random_subkey(key, grid_families + g);
    for (std::size_t b = 0; b < inputs.count; ++b) {
      const MvmId* id = ids.empty() ? nullptr : &ids[b];
      if (id != nullptr && work.pass != id->pass) fill_pass(grids_[g], g, *(work.pass = id->pass), work);
      for (std::size_t r = 0; r < rows_; ++r)
        work.x[r] = static_cast<double>(inputs.digits[b * inputs.stride + r]) / inputs.full;
      fill_read(grids_[g], grid_key, id, work);
      bend(work);
      add_currents(grids_[g], work, all.data() + b * plane_cols_);
    }
  }
  for (std::size_t b = 0; b < inputs.count; ++b)
    for (std::size_t c = 0; c < plane_cols_; ++c)
      y[b * y_stride + c] = static_cast<T>(all[b * plane_cols_ + c] * inputs.full);
}

template <class T>
void CellReads<T>::read(const Inputs& inputs, std::span<const MvmId> ids, std::uint64_t key, T* y,
                        std::size_t y_stride) const {
  sum(inputs, ids, key, y, y_stride);
}

template <class T>
void CellReads<T>::read_quietly(const Inputs& inputs, T* y, std::size_t y_stride) const {
  sum(inputs, {}, 0, y, y_stride);
}

template class CellReads<float>;
template class CellReads<double>;

}  // namespace mimosa
