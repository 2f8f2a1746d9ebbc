// SPDX-License-Identifier: Apache-2.0
// How the codes of an array's reads add up to a result, exactly.
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
template <class Sum>
void Array<T>::add_reads(const Block& block, Sum* sums) const {
  const std::size_t count = block.ids.size(), size = count * plane_cols_;
  std::fill_n(sums, size, Sum{0});
  T* digits = scratch<T>(4, block_vectors * rows_);
  T* y = scratch<T>(5, block_vectors * plane_cols_);
  std::size_t taken = parts_.size();
  for (const Read& read : reads_) {
    if (read.part != taken) {  // cheap beside a product
      taken = read.part;
      for (std::size_t b = 0; b < count; ++b)
        take_part(parts_[taken], std::span<const T>(block.codes + b * block.stride, rows_),
                  {digits + b * rows_, rows_});
    }
    currents(block, read, digits, y, plane_cols_);
    const double relative = relative_coefficient(block.ranges, read);
    if constexpr (std::is_same_v<Sum, float> && std::is_same_v<T, float>) {
      add_quantised({y, size}, static_cast<float>(gain_of(block.ranges, read)),
                    static_cast<float>(spec_.adc.half_steps()), static_cast<float>(relative), {sums, size});
    } else {
      convert(block, read, y, plane_cols_);
      for (std::size_t i = 0; i < size; ++i)
        sums[i] += static_cast<Sum>(relative * static_cast<double>(y[i]));
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
template double Array<double>::relative_coefficient(std::span<const double>, const Read&) const;
template bool Array<float>::sums_fit_float(std::span<const double>) const;
template bool Array<double>::sums_fit_float(std::span<const double>) const;
template double Array<float>::gain_of(std::span<const double>, const Read&) const;
template double Array<double>::gain_of(std::span<const double>, const Read&) const;
template bool Array<float>::rounds_codes() const;
template bool Array<double>::rounds_codes() const;
template void Array<float>::sum_reads(const Block&, double*) const;
template void Array<double>::sum_reads(const Block&, double*) const;

}  // namespace mimosa
