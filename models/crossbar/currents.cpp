// SPDX-License-Identifier: Apache-2.0
// Column sums of an array with their noise, before conversion. Parts of the inputs that go to one plane are
// rows of one product, so that a single vector too reads the plane's cells once.
#include <algorithm>
#include <cassert>

#include "models/base/random.hpp"
#include "models/crossbar/array.hpp"
#include "models/crossbar/column_ops.hpp"

namespace mimosa {

template <class T>
void Array<T>::multiply_weights(const Block& block, const Drive& drive, T* y, std::size_t y_stride) const {
  const StoredPlane& plane = planes_[drive.plane];
  if (!plane.cells.empty()) {
    assert(drive.parts == 1);
    return plane.cells.read({drive.digits, drive.stride, block.ids.size(), part_unit_}, block.ids, drive.key,
                            y, y_stride);
  }
  const ColumnMatrix<T>& weights =
      plane.changing.empty() ? plane.weights : plane.changing.in_pass(block.ids[0].pass, plane.weights);
  weights.multiply(drive.digits, drive.stride, block.ids.size() * drive.parts, y, y_stride);
}

/// Currents of bent cells by voltage: odd in x, so that both signs of an input bend alike.
template <class T>
void Array<T>::add_bends(const StoredPlane& plane, const Digits& inputs, T* y, std::size_t y_stride) const {
  if (plane.square.empty()) return;
  T* powers = scratch<T>(2, inputs.count * rows_);
  T* sums = scratch<T>(1, inputs.count * plane_cols_);
  for (const int power : {2, 3}) {
    for (std::size_t b = 0; b < inputs.count; ++b)
      odd_power(power, inputs.digits + b * inputs.stride, rows_, static_cast<T>(inputs.full),
                powers + b * rows_);
    (power == 2 ? plane.square : plane.cube).multiply(powers, rows_, inputs.count, sums, plane_cols_);
    for (std::size_t b = 0; b < inputs.count; ++b)
      add_all(sums + b * plane_cols_, plane_cols_, y + b * y_stride);
  }
}

template <class T>
void Array<T>::weighted_variances(const ColumnMatrix<T>& variances, InputKind kind, const Drive& drive,
                                  std::size_t rows, T* out) const {
  T* weights = scratch<T>(2, block_vectors * rows_);
  for (std::size_t b = 0; b < rows; ++b)
    noise_drive<T>(kind, {drive.digits + b * drive.stride, rows_}, {weights + b * rows_, rows_});
  variances.multiply(weights, rows_, rows, out, plane_cols_);
}

/// Pulse widths of k of D slots have Σ (k/D) σ² at full scale, in units of digits squared Σ k D σ²; noise
/// that lasts for the MVM, and any noise of a voltage, Σ k² σ²; shot noise Σ k D σ² either way. Thermal noise
/// and the converter's own join them.
template <class T>
bool Array<T>::sum_variances(const Block& block, const Drive& drive, T* variance) const {
  const StoredPlane& plane = planes_[drive.plane];
  const double step = range_of(block.ranges, plane.slice) / spec_.adc.half_steps() * part_unit_;
  const auto own = static_cast<T>(spec_.adc.noise_lsb * step * spec_.adc.noise_lsb * step);
  const bool white = !plane.variances.empty(), held = !plane.held_variances.empty(),
             shot = !plane.shot_variances.empty(), thermal = !plane.column_variances.empty();
  if (!white && !held && !shot && !thermal && own == T{0}) return false;
  const std::size_t rows = block.ids.size() * drive.parts, size = rows * plane_cols_;
  const auto unit = static_cast<T>(part_unit_);
  const T scale = spec_.dac.input == InputKind::PulseWidth ? unit : T{1};
  if (white)
    weighted_variances(plane.variances, spec_.dac.input, drive, rows, variance);
  else
    std::fill_n(variance, size, T{0});
  if (scale != T{1} || own != T{0}) scale_all(variance, size, scale, own);
  T* more = held || shot ? scratch<T>(0, block_vectors * plane_cols_) : nullptr;
  if (held) {
    weighted_variances(plane.held_variances, InputKind::Voltage, drive, rows, more);
    add_all(more, size, variance);
  }
  if (shot) {
    weighted_variances(plane.shot_variances, InputKind::PulseWidth, drive, rows, more);
    scale_all(more, size, unit, T{0});
    add_all(more, size, variance);
  }
  for (std::size_t b = 0; thermal && b < rows; ++b)
    add_all(plane.column_variances.data(), plane_cols_, variance + b * plane_cols_);
  return true;
}

template <class T>
const T* Array<T>::currents(const Block& block, const Drive& drive, T* y, std::size_t y_stride) const {
  multiply_weights(block, drive, y, y_stride);
  add_bends(planes_[drive.plane], {drive.digits, drive.stride, block.ids.size() * drive.parts, part_unit_}, y,
            y_stride);
  T* variance = scratch<T>(1, block_vectors * plane_cols_);
  return sum_variances(block, drive, variance) ? variance : nullptr;
}

/// Invariant: a column's sum of independent Gaussians is drawn as one Gaussian of the summed variance.
template <class T>
void Array<T>::add_noise(const Read& read, const MvmId& id, const T* variance, T* y) const {
  float* normal = scratch<float>(3, plane_cols_);
  normals(read.key, id.pass, id.mvm, col0_, {normal, cols_});
  if (plane_cols_ > cols_)  // the unit column of this block of columns
    normals(random_subkey(read.key, col0_), id.pass, id.mvm, 0, {normal + cols_, 1});
  add_normals(variance, normal, plane_cols_, y);
}

template void Array<float>::multiply_weights(const Block&, const Drive&, float*, std::size_t) const;
template void Array<float>::add_bends(const StoredPlane&, const Digits&, float*, std::size_t) const;
template void Array<float>::weighted_variances(const ColumnMatrix<float>&, InputKind, const Drive&,
                                               std::size_t, float*) const;
template bool Array<float>::sum_variances(const Block&, const Drive&, float*) const;
template const float* Array<float>::currents(const Block&, const Drive&, float*, std::size_t) const;
template void Array<float>::add_noise(const Read&, const MvmId&, const float*, float*) const;
template void Array<double>::multiply_weights(const Block&, const Drive&, double*, std::size_t) const;
template void Array<double>::add_bends(const StoredPlane&, const Digits&, double*, std::size_t) const;
template void Array<double>::weighted_variances(const ColumnMatrix<double>&, InputKind, const Drive&,
                                                std::size_t, double*) const;
template bool Array<double>::sum_variances(const Block&, const Drive&, double*) const;
template const double* Array<double>::currents(const Block&, const Drive&, double*, std::size_t) const;
template void Array<double>::add_noise(const Read&, const MvmId&, const double*, double*) const;

}  // namespace mimosa
