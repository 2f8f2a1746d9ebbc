// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/array.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "models/base/random.hpp"

namespace mimosa {

namespace {

/// Vectors handled at a time, so that their noise variances stay in the cache.
constexpr std::size_t block_vectors = 96;

/// The calling thread's buffer number `slot`, of at least `size` values; not on the stack, as SystemC threads
/// have small ones.
template <class T>
T* scratch(std::size_t slot, std::size_t size) {
  thread_local std::vector<T> buffers[8];
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
void add_normals(const float* variance, const float* normal, std::size_t size, float* value) {
  add_noise({variance, size}, {normal, size}, {value, size});
}
void add_normals(const double* variance, const float* normal, std::size_t size, double* value) {
  for (std::size_t j = 0; j < size; ++j) {
    value[j] = std::fma(std::sqrt(std::max(variance[j], 0.0)), static_cast<double>(normal[j]), value[j]);
  }
}

void round_codes(float* value, std::size_t size, double gain, float limit) {
  quantise({value, size}, static_cast<float>(gain), limit, {value, size});
}
void round_codes(double* value, std::size_t size, double gain, float limit) {
  const auto bound = static_cast<double>(limit);
  for (std::size_t j = 0; j < size; ++j)
    value[j] = std::clamp(std::nearbyint(value[j] * gain), -bound, bound);
}

template <class Storage, class T>
Storage store(std::vector<T>&& values, std::size_t rows, std::size_t cols) {
  if (values.empty()) return {};
  if constexpr (std::is_same_v<T, float>)
    return Storage(rows, cols, values.data(), cols);
  else
    return std::move(values);
}

std::uint64_t site_key(const ArraySite& site, Effect effect, std::uint32_t part) {
  return random_key({site.seed, site.chip, site.layer, site.replica, part}, effect);
}

double range_of(std::span<const double> ranges, std::size_t slice) {
  return ranges[ranges.size() == 1 ? 0 : slice];
}

}  // namespace

template <class T>
Array<T>::Array(const WeightBlock<T>& weights, const DeviceSpec& device, const ArraySpec& spec,
                const ArraySite& site)
    : rows_(weights.rows),
      cols_(weights.cols),
      plane_cols_(weights.cols + (has_unit_column(spec.weights) ? 1 : 0)),
      spec_(spec),
      col0_(static_cast<std::uint32_t>(site.col0)),
      g_min_(device.g_min_us / device.g_max_us),
      parts_(input_parts(spec.dac, spec.read.phases > 1)),
      adc_(spec.adc, site_key(site, Effect::AdcErrors, static_cast<std::uint32_t>(site.row0)), col0_,
           plane_cols_) {
  assert(site.layer_cols == 0 || static_cast<std::size_t>(site.layer_cols) >= col0_ + cols_);
  ProgrammedPlanes<T> programmed = program_planes(weights, device, spec, site);
  assert(programmed.cols == plane_cols_);
  drift_factors_ = std::move(programmed.drift_factors);
  clamped_read_gap_ = programmed.clamped_read_gap;
  if (spec.weights.scheme == WeightScheme::Offset && spec.weights.offset == OffsetRemoval::Digital) {
    current_factors_ = std::move(drift_factors_);
    drift_factors_ = {1.0};
  }
  for (Plane<T>& plane : programmed.planes)
    planes_.push_back({store<Storage>(std::move(plane.weights), rows_, plane_cols_),
                       store<Storage>(std::move(plane.variances), rows_, plane_cols_), plane.coefficient,
                       plane.slice});
  plan_reads(site_key(site, Effect::ReadNoise, static_cast<std::uint32_t>(site.row0)));
  const std::span<const double> gains = adc_.gains(), offsets = adc_.offsets();
  for (std::size_t c = 0; c < plane_cols_ && (!gains.empty() || !offsets.empty()); ++c) {
    adc_scale_.push_back(static_cast<T>(gains.empty() ? 1.0 : gains[c]));
    adc_shift_.push_back(static_cast<T>(offsets.empty() ? 0.0 : offsets[c] * spec.adc.half_steps()));
  }
}

/// Input parts one after the other, in each every plane, in each every repeat; noise keys in this order.
template <class T>
void Array<T>::plan_reads(std::uint64_t key) {
  std::uint64_t number = 0;
  part_unit_ = parts_[0].full;
  for (std::size_t part = 0; part < parts_.size(); ++part)
    for (std::size_t plane = 0; plane < planes_.size(); ++plane)
      for (int repeat = 0; repeat < spec_.read.repeats; ++repeat, ++number) {
        reads_.push_back({plane, part, number == 0 ? key : random_subkey(key, number),
                          parts_[part].coefficient * planes_[plane].coefficient});
      }
  double largest = 0.0;
  for (const Read& read : reads_) largest += std::fabs(read.coefficient);
  result_scale_ = std::exp2(-std::floor(std::log2(largest / spec_.read.repeats)));
}

/// True where the codes of the only read are the results.
template <class T>
bool Array<T>::is_single() const {
  return reads_.size() == 1 && spec_.weights.scheme == WeightScheme::Pair;
}

template <class T>
double Array<T>::output_unit(std::span<const double> ranges) const {
  const double step = ranges[0] / spec_.adc.half_steps() * part_unit_ / result_scale_;
  return step / ((1.0 - g_min_) * weight_unit(spec_.weights) * spec_.dac.full_code());
}

template <class T>
T Array<T>::element(const Storage& matrix, std::size_t row, std::size_t col) const {
  assert(row < rows_ && col < plane_cols_);
  if constexpr (std::is_same_v<T, float>)
    return matrix.panel_data(col /
                             PackedMatrix::panel)[row * PackedMatrix::panel + col % PackedMatrix::panel];
  else
    return matrix[row * plane_cols_ + col];
}

template <class T>
T Array<T>::weight(std::size_t row, std::size_t col, std::size_t plane) const {
  return element(planes_[plane].weights, row, col);
}

template <class T>
T Array<T>::variance(std::size_t row, std::size_t col, std::size_t plane) const {
  if (planes_[plane].variances.empty()) return T{0};
  return element(planes_[plane].variances, row, col);
}

template <class T>
void Array<T>::multiply(const Storage& matrix, const T* x, std::size_t stride, std::size_t count, T* y,
                        std::size_t y_stride) const {
  if constexpr (std::is_same_v<T, float>) {
    gemm(matrix, x, stride, count, y, y_stride);
  } else {
    for (std::size_t b = 0; b < count; ++b) {
      T* out = y + b * y_stride;
      std::fill_n(out, plane_cols_, T{0});
      for (std::size_t r = 0; r < rows_; ++r) {
        for (std::size_t c = 0; c < plane_cols_; ++c)
          out[c] = std::fma(x[b * stride + r], matrix[r * plane_cols_ + c], out[c]);
      }
    }
  }
}

/// Invariant: a column's sum of independent Gaussians is drawn as one Gaussian of the summed variance; the
/// converter's own noise, Gaussian too and before its decision, joins it. Pulse widths of k of D slots have Σ
/// (k/D) σ² at full scale, in units of digits squared Σ k D σ².
template <class T>
void Array<T>::add_noise(const Block& block, const Read& read, const T* digits, T* y,
                         std::size_t y_stride) const {
  const StoredPlane& plane = planes_[read.plane];
  const double full = parts_[read.part].full,
               step = range_of(block.ranges, plane.slice) / spec_.adc.half_steps() * full;
  const auto own = static_cast<T>(spec_.adc.noise_lsb * step * spec_.adc.noise_lsb * step);
  if (plane.variances.empty() && own == T{0}) return;
  const std::size_t count = block.ids.size();
  T* variance = scratch<T>(1, block_vectors * plane_cols_);
  if (plane.variances.empty()) {
    std::fill_n(variance, count * plane_cols_, T{0});
  } else {
    T* drive = scratch<T>(2, block_vectors * rows_);
    const std::size_t stride = digits == block.codes ? block.stride : rows_;
    for (std::size_t b = 0; b < count; ++b)
      noise_drive<T>(spec_.dac.input, {digits + b * stride, rows_}, {drive + b * rows_, rows_});
    multiply(plane.variances, drive, rows_, count, variance, plane_cols_);
  }
  const auto scale = static_cast<T>(spec_.dac.input == InputKind::PulseWidth ? full : 1.0);
  if (scale != T{1} || own != T{0})
    for (std::size_t i = 0; i < count * plane_cols_; ++i) variance[i] = std::fma(variance[i], scale, own);
  float* normal = scratch<float>(3, plane_cols_);
  for (std::size_t b = 0; b < count; ++b) {
    normals(read.key, block.ids[b].pass, block.ids[b].mvm, col0_, {normal, cols_});
    if (plane_cols_ > cols_)  // the unit column of this block of columns
      normals(random_subkey(read.key, col0_), block.ids[b].pass, block.ids[b].mvm, 0, {normal + cols_, 1});
    add_normals(variance + b * plane_cols_, normal, plane_cols_, y + b * y_stride);
  }
}

template <class T>
void Array<T>::convert(const Block& block, const Read& read, T* y, std::size_t y_stride) const {
  const double half = spec_.adc.half_steps();
  const double gain = half / (range_of(block.ranges, planes_[read.plane].slice) * parts_[read.part].full);
  const bool rounding = adc_.is_rounding() && spec_.adc.levels == Levels::Symmetric;
  for (std::size_t b = 0; b < block.ids.size(); ++b) {
    T* values = y + b * y_stride;
    if (rounding && adc_scale_.empty()) {
      round_codes(values, plane_cols_, gain, static_cast<float>(half));
    } else if (rounding) {
      for (std::size_t j = 0; j < plane_cols_; ++j)
        values[j] = std::fma(values[j] * static_cast<T>(gain), adc_scale_[j], adc_shift_[j]);
      round_codes(values, plane_cols_, 1.0, static_cast<float>(half));
    } else {
      double* exact = scratch<double>(7, plane_cols_);
      for (std::size_t j = 0; j < plane_cols_; ++j) exact[j] = static_cast<double>(values[j]) * (gain / half);
      adc_.convert({exact, plane_cols_}, {exact, plane_cols_});
      std::copy_n(exact, plane_cols_, values);
    }
  }
}

template <class T>
void Array<T>::read_plane(const Block& block, const Read& read, const T* digits, T* y,
                          std::size_t y_stride) const {
  multiply(planes_[read.plane].weights, digits, digits == block.codes ? block.stride : rows_,
           block.ids.size(), y, y_stride);
  add_noise(block, read, digits, y, y_stride);
  convert(block, read, y, y_stride);
}

/// Codes times integers add up exactly in double: 24-bit codes, 2^15 of an input, 2^15 of a weight, and a few
/// hundred reads stay below 2^53 wherever converters have at most 14 bits with 16-bit slices.
template <class T>
void Array<T>::add_reads(const Block& block, T* out, std::size_t out_stride) const {
  const std::size_t count = block.ids.size();
  double* sums = scratch<double>(6, block_vectors * plane_cols_);
  std::fill_n(sums, count * plane_cols_, 0.0);
  T* digits = scratch<T>(4, block_vectors * rows_);
  T* y = scratch<T>(5, block_vectors * plane_cols_);
  std::size_t taken = parts_.size();
  for (const Read& read : reads_) {
    if (read.part != taken) {
      taken = read.part;
      for (std::size_t b = 0; b < count; ++b)
        take_part(parts_[taken], std::span<const T>(block.codes + b * block.stride, rows_),
                  {digits + b * rows_, rows_});
    }
    read_plane(block, read, digits, y, plane_cols_);
    const double relative =
        read.coefficient * range_of(block.ranges, planes_[read.plane].slice) / block.ranges[0];
    for (std::size_t i = 0; i < count * plane_cols_; ++i) sums[i] += relative * static_cast<double>(y[i]);
  }
  finish(block, sums, out, out_stride);
}

/// Averages repeats and removes the constant of an offset scheme.
template <class T>
void Array<T>::finish(const Block& block, const double* sums, T* out, std::size_t out_stride) const {
  const WeightSpec& w = spec_.weights;
  const bool digital = w.scheme == WeightScheme::Offset && w.offset == OffsetRemoval::Digital;
  const bool unit = w.scheme == WeightScheme::Offset && !digital;
  // Σ g·codes of a result of 1, and the constant's share of a code.
  const double worth = block.ranges[0] / spec_.adc.half_steps() * part_unit_;
  double constant = 0.0;
  for (const StoredPlane& plane : planes_) constant += plane.coefficient * g_min_;
  for (const WeightSlice& slice : weight_slices(w))
    constant += slice.coefficient * unit_level(w, slice) * (1.0 - g_min_);
  for (std::size_t b = 0; b < block.ids.size(); ++b) {
    const double* sum = sums + b * plane_cols_;
    double inputs = 0.0;
    for (std::size_t r = 0; digital && r < rows_; ++r)
      inputs += static_cast<double>(block.codes[b * block.stride + r]);
    for (std::size_t c = 0; c < cols_; ++c) {
      double value = (sum[c] - (unit ? sum[cols_] : 0.0)) / spec_.read.repeats;
      if (digital)
        value = value * current_factors_[current_factors_.size() == 1 ? 0 : c] - constant * inputs / worth;
      out[b * out_stride + c] = static_cast<T>(value * result_scale_);
    }
  }
}

template <class T>
void Array<T>::mvm(const T* codes, std::size_t stride, std::span<const MvmId> ids,
                   std::span<const double> ranges, T* out, std::size_t out_stride) const {
  for (std::size_t first = 0; first < ids.size(); first += block_vectors) {
    const Block block{codes + first * stride, stride,
                      ids.subspan(first, std::min(block_vectors, ids.size() - first)), ranges};
    if (is_single())
      read_plane(block, reads_[0], block.codes, out + first * out_stride, out_stride);
    else
      add_reads(block, out + first * out_stride, out_stride);
  }
}

template <class T>
void Array<T>::column_sums(const T* codes, std::size_t stride, std::size_t count, std::size_t plane,
                           std::size_t part, T* out, std::size_t out_stride) const {
  std::vector<T> digits(count * rows_);
  for (std::size_t b = 0; b < count; ++b)
    take_part(parts_[part], std::span<const T>(codes + b * stride, rows_),
              std::span(digits).subspan(b * rows_, rows_));
  multiply(planes_[plane].weights, digits.data(), rows_, count, out, out_stride);
  const T full = static_cast<T>(parts_[part].full);
  for (std::size_t b = 0; b < count; ++b)
    for (std::size_t c = 0; c < plane_cols_; ++c) out[b * out_stride + c] /= full;
}

template class Array<float>;
template class Array<double>;

}  // namespace mimosa
