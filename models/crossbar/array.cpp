// SPDX-License-Identifier: Apache-2.0
#include "models/crossbar/array.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "models/base/random.hpp"
#include "models/crossbar/column_ops.hpp"

namespace mimosa {

namespace {

std::uint64_t site_key(const ArraySite& site, Effect effect, std::uint32_t part) {
  return random_key({site.seed, site.chip, site.layer, site.replica, part}, effect);
}

}  // namespace

template <class T>
Array<T>::Array(const WeightBlock<T>& weights, const DeviceSpec& device, const ArraySpec& spec,
                const ArraySite& site, CellPath path)
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
  ProgrammedPlanes<T> programmed = program_planes(weights, device, spec, site, path);
  assert(programmed.cols == plane_cols_);
  drift_factors_ = std::move(programmed.drift_factors);
  clamped_read_gap_ = programmed.clamped_read_gap;
  row_ns_ = std::move(programmed.row_ns);
  pulse_count_ = std::move(programmed.pulses);
  store_planes(std::move(programmed.planes), device, site);
  plan_reads(site_key(site, Effect::ReadNoise, static_cast<std::uint32_t>(site.row0)));
  const std::span<const double> gains = adc_.gains(), offsets = adc_.offsets();
  for (std::size_t c = 0; c < plane_cols_ && (!gains.empty() || !offsets.empty()); ++c) {
    adc_scale_.push_back(static_cast<T>(gains.empty() ? 1.0 : gains[c]));
    adc_shift_.push_back(static_cast<T>(offsets.empty() ? 0.0 : offsets[c] * spec.adc.half_steps()));
  }
  compensate_drift(weights, device, site);
  if (spec.weights.scheme == WeightScheme::Offset && spec.weights.offset == OffsetRemoval::Digital) {
    current_factors_ = std::move(drift_factors_);
    drift_factors_ = {1.0};
  }
}

template <class T>
void Array<T>::store_planes(std::vector<Plane<T>>&& planes, const DeviceSpec& device, const ArraySite& site) {
  const auto stored = [this](std::vector<T>& values) {
    return ColumnMatrix<T>(std::move(values), rows_, plane_cols_);
  };
  for (std::size_t p = 0; p < planes.size(); ++p) {
    Plane<T>& plane = planes[p];
    StoredPlane to;
    const auto number = static_cast<std::uint32_t>(p);
    to.changing = PassWeights<T>(plane, site, rows_, cols_, number, device.pass_s);
    to.cells = CellReads<T>(plane, device, spec_, site, rows_, cols_, number);
    to.coefficient = plane.coefficient;
    to.slice = plane.slice;
    to.weights = stored(plane.weights);
    to.variances = stored(plane.variances);
    to.held_variances = stored(plane.held_variances);
    to.shot_variances = stored(plane.shot_variances);
    to.column_variances = std::move(plane.column_variances);
    for (T& v : to.column_variances) v *= static_cast<T>(parts_[0].full * parts_[0].full);
    to.square = stored(plane.square);
    to.cube = stored(plane.cube);
    planes_.push_back(std::move(to));
  }
}

/// Plane by plane, so that its cells stay in the cache for all parts of the inputs. Noise keys are numbered
/// as a chip reads: input parts one after the other, in each every plane, in each every repeat.
template <class T>
void Array<T>::plan_reads(std::uint64_t key) {
  const auto repeats = static_cast<std::size_t>(spec_.read.repeats);
  part_unit_ = parts_[0].full;
  for (std::size_t plane = 0; plane < planes_.size(); ++plane)
    for (std::size_t part = 0; part < parts_.size(); ++part)
      for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
        const std::size_t number = (part * planes_.size() + plane) * repeats + repeat;
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
T Array<T>::weight(std::size_t row, std::size_t col, std::size_t plane) const {
  return planes_[plane].weights.at(row, col);
}

template <class T>
T Array<T>::variance(std::size_t row, std::size_t col, std::size_t plane) const {
  return planes_[plane].variances.empty() ? T{0} : planes_[plane].variances.at(row, col);
}

/// Where weights change from pass to pass, all vectors of a block are of one pass.
template <class T>
std::size_t Array<T>::block_size(std::span<const MvmId> ids) const {
  const std::size_t most = std::min(block_vectors, ids.size());
  const auto changes = [](const StoredPlane& plane) { return !plane.changing.empty(); };
  if (std::none_of(planes_.begin(), planes_.end(), changes)) return most;
  std::size_t count = 1;
  while (count < most && ids[count].pass == ids[0].pass) ++count;
  return count;
}

template <class T>
void Array<T>::mvm(const T* codes, std::size_t stride, std::span<const MvmId> ids,
                   std::span<const double> ranges, T* out, std::size_t out_stride) const {
  std::vector<double> scaled;
  if (range_factor_ != 1.0) {
    for (const double range : ranges) scaled.push_back(range * range_factor_);
    ranges = scaled;
  }
  std::size_t count = 0;
  for (std::size_t first = 0; first < ids.size(); first += count) {
    count = block_size(ids.subspan(first));
    const Block block{codes + first * stride, stride, ids.subspan(first, count), ranges};
    if (is_single()) {
      read_once(block, out + first * out_stride, out_stride);
    } else {
      double* sums = scratch<double>(6, block_vectors * plane_cols_);
      sum_reads(block, sums);
      finish(block, sums, out + first * out_stride, out_stride);
    }
  }
}

template <class T>
void Array<T>::quiet_sums(const StoredPlane& plane, const Digits& inputs, T* out,
                          std::size_t out_stride) const {
  if (!plane.cells.empty()) return plane.cells.read_quietly(inputs, out, out_stride);
  plane.weights.multiply(inputs.digits, inputs.stride, inputs.count, out, out_stride);
  add_bends(plane, inputs, out, out_stride);
}

template <class T>
void Array<T>::column_sums(const T* codes, std::size_t stride, std::size_t count, std::size_t plane,
                           std::size_t part, T* out, std::size_t out_stride) const {
  std::vector<T> digits(count * rows_);
  for (std::size_t b = 0; b < count; ++b)
    take_part(parts_[part], std::span<const T>(codes + b * stride, rows_),
              std::span(digits).subspan(b * rows_, rows_));
  const double full = parts_[part].full;
  quiet_sums(planes_[plane], {digits.data(), rows_, count, full}, out, out_stride);
  for (std::size_t b = 0; b < count; ++b)
    for (std::size_t c = 0; c < plane_cols_; ++c) out[b * out_stride + c] /= static_cast<T>(full);
}

template <class T>
void Array<T>::digit_sums(std::span<const T> digits, std::size_t plane, double full, std::span<T> out) const {
  quiet_sums(planes_[plane], {digits.data(), rows_, 1, full}, out.data(), plane_cols_);
  for (T& sum : out) sum /= static_cast<T>(full);
}

template class Array<float>;
template class Array<double>;

}  // namespace mimosa
