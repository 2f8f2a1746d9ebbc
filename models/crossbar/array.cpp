// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/array.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "models/base/random.hpp"
#include "models/crossbar/pair.hpp"

namespace mimosa {

namespace {

/// Vectors handled at a time, so that their noise variances stay in the cache.
constexpr std::size_t block_vectors = 96;

/// Floor of a read-out mean, aihwkit src/aihwkit/inference/compensation/drift.py.
constexpr double smallest_mean = 1e-4;

double drift_compensation(double sum_programmed, double sum_now, std::size_t size) {
  const auto mean = [size](double sum) { return std::max(sum / static_cast<double>(size), smallest_mean); };
  return mean(sum_programmed) / mean(sum_now);
}

/// The calling thread's buffer number `slot`, of at least `size` values; not on the stack, as SystemC threads
/// have small ones.
template <class T>
T* scratch(std::size_t slot, std::size_t size) {
  thread_local std::vector<T> buffers[3];
  if (buffers[slot].size() < size) buffers[slot].resize(size);
  return buffers[slot].data();
}

/// What the variances of the cells are weighted with: x² by voltage; |x| by pulse width, since white noise
/// integrated over a time has a variance proportional to it.
template <class T>
void noise_drive(InputKind input, std::span<const T> codes, std::span<T> out) {
  if constexpr (std::is_same_v<T, float>) {
    return input == InputKind::Voltage ? square(codes, out) : magnitude(codes, out);
  } else {
    for (std::size_t i = 0; i < codes.size(); ++i) {
      out[i] = input == InputKind::Voltage ? codes[i] * codes[i] : std::fabs(codes[i]);
    }
  }
}

/// value[j] = value[j] + sqrt(variance[j]) · normal[j]
void add_read_noise(const float* variance, const float* normal, std::size_t size, float* value) {
  add_noise({variance, size}, {normal, size}, {value, size});
}
void add_read_noise(const double* variance, const float* normal, std::size_t size, double* value) {
  for (std::size_t j = 0; j < size; ++j) {
    value[j] = std::fma(std::sqrt(std::max(variance[j], 0.0)), static_cast<double>(normal[j]), value[j]);
  }
}

void convert(float* value, std::size_t size, double gain, float limit) {
  quantise({value, size}, static_cast<float>(gain), limit, {value, size});
}
void convert(double* value, std::size_t size, double gain, float limit) {
  const auto bound = static_cast<double>(limit);
  for (std::size_t j = 0; j < size; ++j)
    value[j] = std::clamp(std::nearbyint(value[j] * gain), -bound, bound);
}

template <class Storage, class T>
Storage store(std::vector<T>&& values, std::size_t rows, std::size_t cols) {
  if constexpr (std::is_same_v<T, float>)
    return Storage(rows, cols, values.data(), cols);
  else
    return std::move(values);
}

}  // namespace

template <class T>  // NOLINTNEXTLINE(readability-function-size): a matrix is four arguments
Array<T>::Array(std::span<const float> weights, std::size_t rows, std::size_t cols, std::size_t stride,
                const DeviceSpec& device, const ConverterSpec& converter, const ArraySite& site)
    : rows_(rows),
      cols_(cols),
      converter_(converter),
      read_key_(
          random_key({site.seed, site.chip, site.layer, site.replica, static_cast<std::uint32_t>(site.row0)},
                     Effect::ReadNoise)),
      col0_(static_cast<std::uint32_t>(site.col0)) {
  assert(site.layer_cols == 0 || static_cast<std::size_t>(site.layer_cols) >= col0_ + cols);
  std::vector<T> w(rows * cols), v;
  if (device.model == DeviceModel::Ideal) {
    for (std::size_t r = 0; r < rows; ++r)
      std::copy_n(weights.data() + r * stride, cols, w.data() + r * cols);
  } else {
    read_sigma_ = device.read_noise * device.read_noise_weight;
    if (read_sigma_ > 0.0) v.resize(rows * cols);
    const double factor = program(weights, stride, device, site, w, v);
    if (device.drift_compensation == DriftCompensation::Array) drift_factor_ = factor;
  }
  weights_ = store<Storage>(std::move(w), rows, cols);
  if (!v.empty()) variances_ = store<Storage>(std::move(v), rows, cols);
}

/// Fills the effective weights and, unless empty, the scaled variances; returns what undoes the mean drift.
template <class T>
double Array<T>::program(std::span<const float> weights, std::size_t stride, const DeviceSpec& device,
                         const ArraySite& site, std::span<T> w, std::span<T> v) const {
  const double scale = read_sigma_ * read_sigma_ * variance_scale();
  double sum_programmed = 0.0, sum_now = 0.0;
  PairProgrammer programmer(device, site, rows_, cols_);
  for (std::size_t r = 0; r < rows_; ++r) {
    const PairRow& pairs = programmer.program(r, weights.subspan(r * stride, cols_));
    for (std::size_t c = 0; c < cols_; ++c) {
      w[r * cols_ + c] = static_cast<T>(pairs.weight[c]);
      if (!v.empty()) v[r * cols_ + c] = static_cast<T>(scale * pairs.total[c]);
      sum_programmed += std::fabs(pairs.programmed_weight[c]);
      sum_now += std::fabs(pairs.weight[c]);
    }
  }
  return drift_compensation(sum_programmed, sum_now, rows_ * cols_);
}

/// Pulse widths of k slots: Σ |x| σ² = Σ (k/L) σ², to be in units of codes squared: Σ k · (L σ²).
template <class T>
double Array<T>::variance_scale() const {
  return converter_.input == InputKind::PulseWidth ? static_cast<double>(converter_.dac_levels()) : 1.0;
}

template <class T>
T Array<T>::element(const Storage& matrix, std::size_t row, std::size_t col) const {
  assert(row < rows_ && col < cols_);
  if constexpr (std::is_same_v<T, float>)
    return matrix.panel_data(col /
                             PackedMatrix::panel)[row * PackedMatrix::panel + col % PackedMatrix::panel];
  else
    return matrix[row * cols_ + col];
}

template <class T>
T Array<T>::variance(std::size_t row, std::size_t col) const {
  if (variances_.empty()) return T{0};
  return element(variances_, row, col) / static_cast<T>(variance_scale());
}

template <class T>
void Array<T>::multiply(const Storage& matrix, const T* x, std::size_t stride, std::size_t count, T* y,
                        std::size_t y_stride) const {
  if constexpr (std::is_same_v<T, float>) {
    gemm(matrix, x, stride, count, y, y_stride);
  } else {
    for (std::size_t b = 0; b < count; ++b) {
      T* out = y + b * y_stride;
      std::fill_n(out, cols_, T{0});
      for (std::size_t r = 0; r < rows_; ++r) {
        for (std::size_t c = 0; c < cols_; ++c)
          out[c] = std::fma(x[b * stride + r], matrix[r * cols_ + c], out[c]);
      }
    }
  }
}

/// Invariant: a column's sum of independent Gaussians is drawn as one Gaussian of the summed variance.
template <class T>
void Array<T>::noisy_block(const T* codes, std::size_t stride, std::span<const MvmId> ids, T* y,
                           std::size_t y_stride) const {
  T* drive = scratch<T>(0, block_vectors * rows_);
  T* variance = scratch<T>(1, block_vectors * cols_);
  float* normal = scratch<float>(2, cols_);
  for (std::size_t b = 0; b < ids.size(); ++b) {
    noise_drive<T>(converter_.input, {codes + b * stride, rows_}, {drive + b * rows_, rows_});
  }
  multiply(variances_, drive, rows_, ids.size(), variance, cols_);
  for (std::size_t b = 0; b < ids.size(); ++b) {
    normals(read_key_, ids[b].pass, ids[b].mvm, col0_, {normal, cols_});
    add_read_noise(variance + b * cols_, normal, cols_, y + b * y_stride);
  }
}

template <class T>
void Array<T>::mvm(const T* codes, std::size_t stride, std::span<const MvmId> ids, double full_scale,
                   T* adc_codes, std::size_t adc_stride) const {
  const double gain = adc_gain(converter_, full_scale);
  for (std::size_t first = 0; first < ids.size(); first += block_vectors) {
    const auto block = ids.subspan(first, std::min(block_vectors, ids.size() - first));
    const T* x = codes + first * stride;
    T* y = adc_codes + first * adc_stride;
    multiply(weights_, x, stride, block.size(), y, adc_stride);
    if (!variances_.empty()) noisy_block(x, stride, block, y, adc_stride);
    for (std::size_t b = 0; b < block.size(); ++b)
      convert(y + b * adc_stride, cols_, gain, converter_.adc_levels());
  }
}

template <class T>
void Array<T>::mvm_analog(const T* codes, std::size_t stride, std::size_t count, T* out,
                          std::size_t out_stride) const {
  multiply(weights_, codes, stride, count, out, out_stride);
  const T levels = static_cast<T>(converter_.dac_levels());
  for (std::size_t b = 0; b < count; ++b) {
    for (std::size_t c = 0; c < cols_; ++c) out[b * out_stride + c] /= levels;
  }
}

template class Array<float>;
template class Array<double>;

namespace {

/// E[max(0, g + σ ξ)] − g of one device at g in units of g_max, with σ² = sigma² · g.
double clamp_shift(double g, double sigma) {
  if (g <= 0.0) return 0.0;
  const double spread = sigma * std::sqrt(g);
  const double z = g / spread;
  const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
  return spread * density - g * 0.5 * std::erfc(z / std::numbers::sqrt2);
}

}  // namespace

double clamped_read_gap(const Array<float>& array) {
  const double sigma = array.read_sigma();
  if (sigma == 0.0) return 0.0;
  double sum = 0.0;
  for (std::size_t r = 0; r < array.rows(); ++r) {
    for (std::size_t c = 0; c < array.cols(); ++c) {
      const double total = static_cast<double>(array.variance(r, c)) / (sigma * sigma);
      const auto weight = static_cast<double>(array.weight(r, c));
      const double shift =
          clamp_shift((total + weight) / 2.0, sigma) - clamp_shift((total - weight) / 2.0, sigma);
      sum += shift * shift;
    }
  }
  return std::sqrt(sum / static_cast<double>(array.rows() * array.cols()));
}

}  // namespace mimosa
