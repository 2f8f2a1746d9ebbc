// SPDX-License-Identifier: Apache-2.0
// An array's reads are converted, and their codes add up to a result, exactly.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "models/crossbar/array.hpp"
#include "models/crossbar/column_ops.hpp"

namespace mimosa {

template <class T>
double Array<T>::relative_coefficient(std::span<const double> ranges, const Read& read) const {
  return read.coefficient * range_of(ranges, planes_[read.plane].slice) / ranges[0];
}

template <class T>
double Array<T>::gain_of(std::span<const double> ranges, const Read& read) const {
  return spec_.adc.half_steps() / (range_of(ranges, planes_[read.plane].slice) * parts_[read.part].full);
}

template <class T>
bool Array<T>::rounds_codes() const {
  return adc_.is_rounding() && spec_.adc.levels == Levels::Symmetric;
}

/// All coefficients are multiples of a power of two, and the largest sum is below 2^24 of it.
template <class T>
bool Array<T>::sums_fit_float(std::span<const double> ranges) const {
  if (!std::is_same_v<T, float> || !rounds_codes() || !adc_scale_.empty()) return false;
  double smallest = std::numeric_limits<double>::max(), sum = 0.0;
  for (const Read& read : reads_) {
    const double size = std::fabs(relative_coefficient(ranges, read));
    smallest = std::min(smallest, size);
    sum += size;
  }
  const double unit = std::exp2(std::floor(std::log2(smallest)));
  const bool multiples = std::all_of(reads_.begin(), reads_.end(), [&](const Read& read) {
    const double multiple = relative_coefficient(ranges, read) / unit;
    return multiple == std::nearbyint(multiple);
  });
  return multiples && sum / unit * spec_.adc.half_steps() < 0x1p24;
}

template <class T>
void Array<T>::convert(const Read& read, std::span<const double> ranges, T* values) const {
  const double half = spec_.adc.half_steps(), gain = gain_of(ranges, read);
  if (!rounds_codes()) {
    double* exact = scratch<double>(7, plane_cols_);
    for (std::size_t j = 0; j < plane_cols_; ++j) exact[j] = static_cast<double>(values[j]) * (gain / half);
    adc_.convert({exact, plane_cols_}, {exact, plane_cols_});
    std::copy_n(exact, plane_cols_, values);
  } else if (adc_scale_.empty()) {
    round_codes(values, plane_cols_, gain, static_cast<float>(half));
  } else {
    apply_gains(values, gain, adc_scale_, adc_shift_);
    round_codes(values, plane_cols_, 1.0, static_cast<float>(half));
  }
}

template <class T>
void Array<T>::read_once(const Block& block, T* out, std::size_t out_stride) const {
  const T* variance = currents(block, {block.codes, block.stride, 0, 1, reads_[0].key}, out, out_stride);
  for (std::size_t b = 0; b < block.ids.size(); ++b) {
    T* values = out + b * out_stride;
    if (variance != nullptr) add_noise(reads_[0], block.ids[b], variance + b * plane_cols_, values);
    convert(reads_[0], block.ranges, values);
  }
}

template <class T>
template <class Sum>
void Array<T>::add_read(const Block& block, const Read& read, T* y, Sum* sums) const {
  const double relative = relative_coefficient(block.ranges, read);
  if constexpr (std::is_same_v<Sum, float> && std::is_same_v<T, float>) {
    add_quantised({y, plane_cols_}, static_cast<float>(gain_of(block.ranges, read)),
                  static_cast<float>(spec_.adc.half_steps()), static_cast<float>(relative),
                  {sums, plane_cols_});
  } else {
    convert(read, block.ranges, y);
    for (std::size_t j = 0; j < plane_cols_; ++j)
      sums[j] += static_cast<Sum>(relative * static_cast<double>(y[j]));
  }
}

template <class T>
template <class Sum>
void Array<T>::add_product(const Block& block, const Drive& drive, std::span<const Read> reads,
                           Sum* sums) const {
  const std::size_t parts = drive.parts, repeats = reads.size() / parts;
  T* y = scratch<T>(5, block_vectors * plane_cols_);
  T* again = scratch<T>(8, plane_cols_);
  const T* variance = currents(block, drive, y, plane_cols_);
  for (std::size_t row = 0; row < block.ids.size() * parts; ++row)
    for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
      const Read& read = reads[row % parts * repeats + repeat];
      T* values = y + row * plane_cols_;
      if (repeat + 1 < repeats) {
        std::copy_n(values, plane_cols_, again);
        values = again;
      }
      if (variance != nullptr) add_noise(read, block.ids[row / parts], variance + row * plane_cols_, values);
      add_read(block, read, values, sums + row / parts * plane_cols_);
    }
}

/// Products are of as many parts at once as fill a block; repeated reads share them. Cells read one by one
/// have a product for every read.
template <class T>
template <class Sum>
void Array<T>::add_reads(const Block& block, Sum* sums) const {
  const auto by_cell = [](const StoredPlane& plane) { return !plane.cells.empty(); };
  const bool alone = std::any_of(planes_.begin(), planes_.end(), by_cell);
  const std::size_t count = block.ids.size(), repeats = reads_.size() / (planes_.size() * parts_.size()),
                    at_once = alone ? 1 : std::max(std::size_t{1}, block_vectors / count),
                    shared = alone ? 1 : repeats;
  std::fill_n(sums, count * plane_cols_, Sum{0});
  T* digits = scratch<T>(4, block_vectors * rows_);
  std::size_t taken = parts_.size();
  for (std::size_t plane = 0; plane < planes_.size(); ++plane)
    for (std::size_t first = 0; first < parts_.size(); first += at_once) {
      const std::size_t parts = std::min(at_once, parts_.size() - first);
      if (first != taken) take_digits(block, first, parts, digits);
      taken = first;
      const std::span reads = std::span(reads_).subspan((plane * parts_.size() + first) * repeats);
      for (std::size_t repeat = 0; repeat < repeats; repeat += shared)
        add_product(block, {digits, rows_, plane, parts, reads[repeat].key},
                    reads.subspan(repeat, parts * shared), sums);
    }
}

/// Of `parts` parts of the inputs, one after the other for each vector.
template <class T>
void Array<T>::take_digits(const Block& block, std::size_t first, std::size_t parts, T* digits) const {
  for (std::size_t b = 0; b < block.ids.size(); ++b)
    for (std::size_t p = 0; p < parts; ++p, digits += rows_)
      take_part(parts_[first + p], std::span<const T>(block.codes + b * block.stride, rows_),
                {digits, rows_});
}

/// Averages repeats and removes the constant of an offset scheme.
template <class T>
void Array<T>::finish(const Block& block, const double* sums, T* out, std::size_t out_stride) const {
  const WeightSpec& w = spec_.weights;
  const bool digital = w.scheme == WeightScheme::Offset && w.offset == OffsetRemoval::Digital;
  const bool unit = has_unit_column(w);
  // Σ g·codes of a result of 1.
  const double worth = block.ranges[0] / range_factor_ / spec_.adc.half_steps() * part_unit_;
  const double constant = offset_constant(w, g_min_);
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

/// Codes times integers add up exactly in double: 24-bit codes, 2^15 of an input, 2^15 of a weight, and a few
/// hundred reads stay below 2^53 wherever converters have at most 14 bits with 16-bit slices. Where float is
/// exact too, it gives the same, faster.
template <class T>
void Array<T>::sum_reads(const Block& block, double* sums) const {
  if (!sums_fit_float(block.ranges)) return add_reads(block, sums);
  float* exact = scratch<float>(7, block_vectors * plane_cols_);
  add_reads(block, exact);
  std::copy_n(exact, block.ids.size() * plane_cols_, sums);
}

template double Array<float>::relative_coefficient(std::span<const double>, const Read&) const;
template double Array<float>::gain_of(std::span<const double>, const Read&) const;
template bool Array<float>::rounds_codes() const;
template bool Array<float>::sums_fit_float(std::span<const double>) const;
template void Array<float>::convert(const Read&, std::span<const double>, float*) const;
template void Array<float>::read_once(const Block&, float*, std::size_t) const;
template void Array<float>::take_digits(const Block&, std::size_t, std::size_t, float*) const;
template void Array<float>::sum_reads(const Block&, double*) const;
template void Array<float>::finish(const Block&, const double*, float*, std::size_t) const;
template double Array<double>::relative_coefficient(std::span<const double>, const Read&) const;
template double Array<double>::gain_of(std::span<const double>, const Read&) const;
template bool Array<double>::rounds_codes() const;
template bool Array<double>::sums_fit_float(std::span<const double>) const;
template void Array<double>::convert(const Read&, std::span<const double>, double*) const;
template void Array<double>::read_once(const Block&, double*, std::size_t) const;
template void Array<double>::take_digits(const Block&, std::size_t, std::size_t, double*) const;
template void Array<double>::sum_reads(const Block&, double*) const;
template void Array<double>::finish(const Block&, const double*, double*, std::size_t) const;

}  // namespace mimosa
